import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertGoldenExposition, freePort, startApp, type RunningApp } from '@quay-observability/testkit';

let app: RunningApp;
before(async () => {
  const nobody = await freePort();
  app = await startApp(join(import.meta.dirname, '..'), {
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: nobody, db: 0 }),
  });
});
after(() => app.stop());

test('says in its log what it waits for', () => {
  assert.match(app.process.log(), /"Idle: the owner switches arrive with milestone M1/);
});

test('stays up without what it needs, and says what is missing', async () => {
  assert.equal((await fetch(`${app.adminUrl}/livez`)).status, 200);
  const response = await fetch(`${app.adminUrl}/readyz`);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /\[!\]redis \(\w+\) degraded: /);
});

test('exposes what the golden file holds', async () => {
  const response = await fetch(`${app.adminUrl}/metrics`);
  assertGoldenExposition(join(import.meta.dirname, 'golden.prom'), await response.text());
});
