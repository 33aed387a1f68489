import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings, renderSettingsTable } from '@quay-observability/quay-config';
import { apiHealthSettings } from '../src/config.ts';

test('without any setting there is no upstream, and a listener for this machine alone', () => {
  const settings = readSettings({}, apiHealthSettings);
  assert.equal(settings.apiUpstreamUrl, undefined);
  assert.equal(settings.apiPythonUpstreamUrl, undefined);
  assert.equal(settings.listenHost, '127.0.0.1');
  assert.equal(settings.listenPort, 8082);
  assert.equal(settings.httpWorkers, 1);
});

test('an upstream must be an origin and nothing more', () => {
  assert.equal(
    readSettings({ API_UPSTREAM_URL: 'https://quay.test/' }, apiHealthSettings).apiUpstreamUrl,
    'https://quay.test',
  );
  for (const url of [
    'quay:8080',
    'ftp://quay',
    'http://quay/api',
    'http://me:secret@quay',
    'http://quay?a=b',
  ])
    for (const name of ['API_UPSTREAM_URL', 'API_PYTHON_UPSTREAM_URL'])
      assert.throws(
        () => readSettings({ [name]: url }, apiHealthSettings),
        (error: Error) => error.message.includes(name) && !error.message.includes('secret'),
        `${name} ${url}`,
      );
});

test('README.md lists every setting as it is', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const cells = (table: string): string[] =>
    table.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  const written = new Set(cells(readme));
  for (const row of cells(renderSettingsTable(apiHealthSettings)).slice(2))
    assert.ok(written.has(row), `missing in README.md: ${row}`);
});

test('in a container every listener can be reached', () => {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../../Dockerfile'), 'utf8');
  const hosts = Object.values(apiHealthSettings).flatMap(({ name }) =>
    name.endsWith('LISTEN_HOST') ? [name] : [],
  );
  assert.ok(hosts.length > 1);
  for (const name of hosts) assert.match(dockerfile, new RegExp(`\\s${name}=0\\.0\\.0\\.0\\s`), name);
});
