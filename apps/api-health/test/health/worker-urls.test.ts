import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workerUrls } from '../../src/health/worker-urls.ts';

test('the processes of Quay are pinged where Python would ask', () => {
  const cases: [string, string, boolean, string][] = [
    ['localhost:5000', 'http', false, 'http://localhost:5000'],
    ['quay.example', 'http', false, 'http://localhost:8080'],
    ['quay.example', 'https', false, 'https://localhost:8443'],
    ['quay.example:8443', 'https', false, 'https://localhost:8443'],
    ['quay.example', 'https', true, 'http://localhost:8080'],
    ['localhost', 'https', false, 'https://localhost:8443'],
  ];
  for (const [serverHostname, preferredUrlScheme, externalTlsTermination, base] of cases)
    assert.deepEqual(workerUrls({ serverHostname, preferredUrlScheme, externalTlsTermination }), {
      registry: `${base}/v1/_internal_ping`,
      web: `${base}/_internal_ping`,
    });
});
