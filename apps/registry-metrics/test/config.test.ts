import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings, renderSettingsTable } from '@quay-observability/quay-config';
import { registrySettings } from '../src/config.ts';

test('without any setting there is a registry on this machine; an origin may end in a slash', () => {
  assert.equal(readSettings({}, registrySettings).upstreamUrl, 'http://127.0.0.1:5000');
  const settings = readSettings({ REGISTRY_UPSTREAM_URL: 'https://registry.test:5000/' }, registrySettings);
  assert.equal(settings.upstreamUrl, 'https://registry.test:5000');
  assert.equal(settings.listenPort, 8080);
  assert.equal(settings.trustForwarded, true);
  assert.equal(settings.pythonUpstreamUrl, undefined, 'nothing is routed unless told');
  assert.equal(settings.uploadPinTtlSeconds, 86_400);
});

test('an upstream must be an origin and nothing more', () => {
  for (const url of [
    'registry:5000',
    'ftp://registry',
    'http://registry/v2',
    'http://me:secret@registry',
    'http://registry/?a=b',
  ]) {
    for (const name of ['REGISTRY_UPSTREAM_URL', 'REGISTRY_PYTHON_UPSTREAM_URL']) {
      assert.throws(
        () => readSettings({ [name]: url }, registrySettings),
        (error: Error) => error.message.includes(name) && !error.message.includes('secret'),
        `${name} ${url}`,
      );
    }
  }
});

test('all faults are told at once', () => {
  assert.throws(
    () =>
      readSettings(
        {
          REGISTRY_UPSTREAM_URL: 'registry',
          LISTEN_PORT: '70000',
          MAX_CONCURRENT_REQUESTS: '0',
          CLIENT_IDLE_TIMEOUT_SECONDS: 'long',
        },
        registrySettings,
      ),
    (error: Error) =>
      [
        'REGISTRY_UPSTREAM_URL',
        'LISTEN_PORT',
        'MAX_CONCURRENT_REQUESTS',
        'CLIENT_IDLE_TIMEOUT_SECONDS',
      ].every((key) => error.message.includes(key)),
  );
});

test('README.md lists every setting as it is', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const cells = (table: string): string[] =>
    table.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  const written = new Set(cells(readme));
  for (const row of cells(renderSettingsTable(registrySettings)).slice(2))
    assert.ok(written.has(row), `missing in README.md: ${row}`);
});

test('in a container every listener can be reached', () => {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../../Dockerfile'), 'utf8');
  const hosts = Object.values(registrySettings).flatMap(({ name }) =>
    name.endsWith('LISTEN_HOST') ? [name] : [],
  );
  assert.ok(hosts.length > 1);
  for (const name of hosts) assert.match(dockerfile, new RegExp(`\\s${name}=0\\.0\\.0\\.0\\s`), name);
});
