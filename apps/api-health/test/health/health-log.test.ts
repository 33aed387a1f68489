import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createLogger } from '@quay-observability/logging';
import { createHealthLog } from '../../src/health/health-log.ts';
import { judge } from '../../src/health/verdict.ts';

test('the log tells why the authentication fails, whose name the redaction takes for that of a secret', async () => {
  const stream = new PassThrough();
  const logged = text(stream);
  const log = createLogger({ name: 'test', json: true, debug: false, stream });
  const failure = 'Could not connect to LDAP';
  const results = new Map([
    ['auth', { healthy: false, failure } as const],
    ['redis', { healthy: true } as const],
  ]);
  createHealthLog(log).told('instance', judge(results));
  log.close();
  stream.end();
  const line = JSON.parse(await logged) as { data: { failed: unknown } };
  assert.deepEqual(line.data.failed, [{ service: 'auth', failure }]);
});
