import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { readQuayConfig } from '../src/index.ts';

const root = mkdtempSync(join(tmpdir(), 'quay-config-'));
after(() => rmSync(root, { recursive: true }));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
});

function write(path: string, name: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `PROMETHEUS_NAMESPACE: ${name}\n`);
  return file;
}

test('QUAYCONF may name the file itself', () => {
  const file = write('any.yml', 'direct');
  const config = readQuayConfig({ QUAYCONF: file }, folder);
  assert.equal(config.prometheus.namespace, 'direct');
  assert.equal(config.source, file);
});

test('QUAYCONF may name a folder; its stack/config.yaml goes first', () => {
  write('conf/config.yaml', 'plain');
  assert.equal(readQuayConfig({ QUAYCONF: join(folder, 'conf') }, folder).prometheus.namespace, 'plain');
  write('conf/stack/config.yaml', 'stack');
  const config = readQuayConfig({ QUAYCONF: join(folder, 'conf') }, folder);
  assert.equal(config.prometheus.namespace, 'stack');
  assert.equal(config.health.serviceKeyIdFile, join(folder, 'conf/quay.kid'));
});

test('without QUAYCONF the working directory is looked in, else there are only defaults', () => {
  assert.equal(readQuayConfig({}, folder).source, undefined);
  write('conf/stack/config.yaml', 'cwd');
  assert.equal(readQuayConfig({}, folder).prometheus.namespace, 'cwd');
  assert.equal(readQuayConfig({ QUAYCONF: '' }, folder).prometheus.namespace, 'cwd');
});

test('a file that QUAYCONF names but that is missing is an error that names it', () => {
  write('conf/stack/config.yaml', 'cwd');
  const missing = join(folder, 'missing');
  assert.throws(
    () => readQuayConfig({ QUAYCONF: missing }, folder),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'CONFIG_UNREADABLE');
      return error.message.includes(join(missing, 'stack/config.yaml'));
    },
  );
  const file = write('file', 'x');
  assert.throws(() => readQuayConfig({ QUAYCONF: join(file, 'below') }, folder), {
    code: 'CONFIG_UNREADABLE',
  });
});

test('faults name the file', () => {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, 'FEATURE_BILLING: maybe\n');
  assert.throws(
    () => readQuayConfig({ QUAYCONF: folder }, folder),
    (error: Error & { code?: string }) =>
      error.code === 'CONFIG_INVALID' && error.message.includes(`FEATURE_BILLING (${file})`),
  );
});
