import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp } from '@quay-observability/testkit';

test('with owner go it is unready and says that nobody does the work', async () => {
  const app = await startApp(join(import.meta.dirname, '..'), {
    WORKER_OWNER_PULLSTATSREDISFLUSHWORKER: 'go',
  });
  const response = await fetch(`${app.adminUrl}/readyz`);
  assert.equal(response.status, 503);
  assert.match(
    await response.text(),
    /^\[-\]worker PULLSTATSREDISFLUSHWORKER failed: nobody does the work of PULLSTATSREDISFLUSHWORKER: its owner is go, and flushing pulls arrives with milestone M4$/m,
  );
  assert.match(
    app.process.log(),
    /"ERROR".*Nobody does the work of PULLSTATSREDISFLUSHWORKER: its owner is go, and flushing pulls arrives with milestone M4\./,
  );
  const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
  assert.match(metrics, /^quay_worker_running\{program="PULLSTATSREDISFLUSHWORKER",runtime="go"\} 0$/m);
  await app.stop();
});
