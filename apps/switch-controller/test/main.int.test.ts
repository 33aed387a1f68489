import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  assertGoldenExposition,
  startRedis,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { call, runController } from './run-controller.ts';

let redis: Server;
let app: RunningApp;
before(async () => {
  redis = await startRedis();
  app = await runController(redis);
});
after(async () => {
  await app.stop();
  await redis.stop();
});

test('a fresh app exposes what the golden file holds', async () => {
  const response = await fetch(`${app.adminUrl}/metrics`);
  assertGoldenExposition(join(import.meta.dirname, 'golden.prom'), await response.text());
});

test('it is ready once it has something to serve, and says how its store is', async () => {
  const response = await fetch(`${app.adminUrl}/readyz?verbose`);
  assert.equal(response.status, 200);
  const text = await response.text();
  for (const check of ['redis (USER_EVENTS_REDIS)', 'snapshot', 'store', 'owner switches'])
    assert.ok(text.includes(`[+]${check} ok`), text);
});

test('the console is served beside the API', async () => {
  const page = await call(app, '/');
  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'] ?? '', /^text\/html/);
  assert.match(page.headers['content-security-policy'] ?? '', /script-src 'self'/);
});
