import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp } from '@quay-observability/testkit';

test('with owner go it is unready and says that nobody does the work', async () => {
  const app = await startApp(join(import.meta.dirname, '..'), { WORKER_OWNER_GCWORKER: 'go' });
  const response = await fetch(`${app.adminUrl}/readyz`);
  assert.equal(response.status, 503);
  assert.match(
    await response.text(),
    /^\[-\]worker GCWORKER failed: nobody does the work of GCWORKER: its owner is go, and there is no database to collect in$/m,
  );
  assert.match(
    app.process.log(),
    /"ERROR".*Nobody does the work of GCWORKER: its owner is go, and there is no database to collect in\./,
  );
  const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
  assert.match(metrics, /^quay_worker_running\{program="GCWORKER",runtime="go"\} 0$/m);
  await app.stop();
});
