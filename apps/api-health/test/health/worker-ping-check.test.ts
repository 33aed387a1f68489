import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createWorkerPingCheck } from '../../src/health/worker-ping-check.ts';

test('redirects are followed as by Python, and not for ever', async (t) => {
  const server = createServer((request, response) => {
    const to = { '/moved': '/there', '/loop': '/loop', '/elsewhere': 'ftp://quay.test/' }[request.url ?? ''];
    if (to !== undefined) response.writeHead(302, { location: to });
    response.end('true');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ping = (path: string) =>
    createWorkerPingCheck('registry_gunicorn', `${base}${path}`).check(AbortSignal.timeout(10_000));
  assert.deepEqual(await ping('/moved'), { healthy: true });
  assert.deepEqual(await ping('/loop'), {
    healthy: false,
    failure: 'Got non-200 response for worker: 302',
  });
  assert.deepEqual(await ping('/elsewhere'), {
    healthy: false,
    failure: `Exception when checking worker health: ${base}/elsewhere`,
  });
});
