import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp, waitUntil } from '@quay-observability/testkit';

test('an address of Clair without a port to stand in for it is told, not passed over', async () => {
  const app = await startApp(join(import.meta.dirname, '../..'), {
    SECSCAN_UPSTREAM_URL: 'http://127.0.0.1:6060',
  });
  try {
    await waitUntil('the app to be up', () => app.process.log().includes('api-health is up'));
    assert.match(app.process.log(), /SECSCAN_UPSTREAM_URL is set, but not SECSCAN_LISTEN_PORT/);
  } finally {
    await app.stop();
  }
});
