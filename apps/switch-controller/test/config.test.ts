import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings, renderSettingsTable } from '@quay-observability/quay-config';
import { controllerSettings } from '../src/config.ts';

test('without any setting the store is Redis, and nobody may change anything', () => {
  const settings = readSettings({}, controllerSettings);
  assert.deepEqual([settings.store, settings.listenPort, settings.adminTokens], ['redis', 8081, []]);
  assert.equal(settings.prometheusUrl, undefined);
});

test('all faults are told at once, and no secret with them', () => {
  const env = {
    SWITCH_STORE: 'etcd',
    SWITCH_ADMIN_TOKENS: 'ann:hunter2',
    PROMETHEUS_URL: 'http://me:hunter2@prometheus',
    MAX_CONNECTIONS: '1',
  };
  assert.throws(
    () => readSettings(env, controllerSettings),
    (error: Error) =>
      Object.keys(env).every((key) => error.message.includes(key)) && !error.message.includes('hunter2'),
  );
});

test('README.md lists every setting as it is', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const cells = (table: string): string[] =>
    table.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  const written = new Set(cells(readme));
  for (const row of cells(renderSettingsTable(controllerSettings)).slice(2))
    assert.ok(written.has(row), `missing in README.md: ${row}`);
});

test('README.md lists every code that the API answers, with its status', () => {
  const folder = join(import.meta.dirname, '..');
  const readme = readFileSync(join(folder, 'README.md'), 'utf8').replaceAll(/ +/g, ' ');
  const sources = globSync('src/**/*.ts', { cwd: folder }).map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  const answered = sources.flatMap((source) => [
    ...source.matchAll(/new HttpProblem\(\s*(\d+),\s*'([A-Z_]+)'/g),
  ]);
  assert.ok(answered.length > 10);
  for (const [, status = '', code = ''] of answered)
    assert.ok(readme.includes(`| ${status} | \`${code}\` |`), `missing in README.md: ${status} ${code}`);
});
