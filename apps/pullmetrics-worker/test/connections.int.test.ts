import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp, waitUntil } from '@quay-observability/testkit';

test('with fewer connections than a flush needs it does not begin, and says why', async () => {
  const app = await startApp(join(import.meta.dirname, '..'), {
    DB_URI: 'postgresql://quay:quay@127.0.0.1:1/quay',
    DB_CONNECTION_ARGS: JSON.stringify({ max_connections: 2 }),
    PULL_METRICS_REDIS: JSON.stringify({ host: '127.0.0.1', port: 1, db: 1 }),
    FEATURE_IMAGE_PULL_STATS: 'true',
    WORKER_OWNER_PULLSTATSREDISFLUSHWORKER: 'go',
  });
  const text = await waitUntil('the reason', async () => {
    const page = await (await fetch(`${app.adminUrl}/readyz?verbose`)).text();
    return page.includes('worker PULLSTATSREDISFLUSHWORKER') && page;
  });
  assert.match(text, /max_connections of DB_CONNECTION_ARGS is 2, and a flush needs 3/);
  await app.stop();
});
