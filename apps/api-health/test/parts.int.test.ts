import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, startApp, startRedis, waitUntil, type RunningApp } from '@quay-observability/testkit';

/** Stands for Quay, the API of the new runtime and Clair: it answers 200, and says what it was asked. */
let behind: Server;
let app: RunningApp;
let healthUrl: string;
let secscanUrl: string;
const atTheEnd: (() => Promise<unknown>)[] = [];

before(async () => {
  behind = createServer((request, response) => response.end(`${request.method} ${request.url}`));
  await once(behind.listen(0, '127.0.0.1'), 'listening');
  const upstream = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  const redis = await startRedis();
  atTheEnd.push(() => redis.stop());
  const [healthPort, secscanPort] = [await freePort(), await freePort()];
  const address = JSON.stringify({ host: '127.0.0.1', port: redis.port });
  app = await startApp(join(import.meta.dirname, '..'), {
    BUILDLOGS_REDIS: address,
    USER_EVENTS_REDIS: address,
    API_UPSTREAM_URL: upstream,
    API_PYTHON_UPSTREAM_URL: upstream,
    HEALTH_LISTEN_PORT: String(healthPort),
    HEALTH_REGISTRY_PING_URL: `${upstream}/ping`,
    HEALTH_WEB_PING_URL: `${upstream}/ping`,
    SECSCAN_LISTEN_PORT: String(secscanPort),
    SECSCAN_UPSTREAM_URL: upstream,
  });
  atTheEnd.unshift(() => app.stop());
  healthUrl = `http://127.0.0.1:${healthPort}`;
  secscanUrl = `http://127.0.0.1:${secscanPort}`;
  await waitUntil('the app to have started', async () => (await fetch(`${app.adminUrl}/startupz`)).ok);
});
after(async () => {
  for (const step of atTheEnd) await step();
  behind.closeAllConnections();
  behind.close();
});

test('the three parts serve, each on its own listener', async () => {
  assert.equal(await (await fetch(`${app.url}/api/v1/user/`)).text(), 'GET /api/v1/user/');
  assert.equal(
    await (await fetch(`${secscanUrl}/indexer/api/v1/index_state`)).text(),
    'GET /indexer/api/v1/index_state',
  );
  // Without a database; but it answers.
  const health = await fetch(`${healthUrl}/health/instance`);
  assert.equal(health.status, 503);
  assert.equal((await fetch(`${healthUrl}/api/v1/user/`)).status, 404);
});

test('what the health endpoints find shows in the metrics, beside the checks of the app itself', async () => {
  const answer = (await (await fetch(`${healthUrl}/health/instance`)).json()) as {
    data: { services: Record<string, boolean> };
  };
  const { services } = answer.data;
  assert.equal(services.database, false);
  assert.equal(services.web_gunicorn, true);
  await fetch(`${app.adminUrl}/readyz`);
  const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
  const ups = new Map(
    [...metrics.matchAll(/^quay_health_check_up\{check="([^"]+)",runtime="go"\} (\d)$/gm)].map(
      ([, check = '', up]) => [check, up],
    ),
  );
  for (const [service, healthy] of Object.entries(services))
    assert.equal(ups.get(`quay/${service}`), healthy ? '1' : '0', service);
  assert.match(
    metrics,
    /^quay_health_check_duration_seconds_count\{check="quay\/database",runtime="go"\} [1-9]/m,
  );
  for (const [check, up] of [
    ['database', '0'],
    ['redis (BUILDLOGS_REDIS)', '1'],
    ['clair', '1'],
    ['API (python)', '1'],
    ['API (go)', '1'],
  ] as const)
    assert.equal(ups.get(check), up, `${check}: ${[...ups.keys()].join(', ')}`);
});

test('a probe asks for one part alone, and what is away only degrades the app', async () => {
  for (const [path, status] of [
    ['/readyz', 200],
    ['/readyz/api-python', 200],
    ['/readyz/clair', 200],
    ['/readyz/database', 503],
    ['/livez', 200],
  ] as const)
    assert.equal((await fetch(`${app.adminUrl}${path}`)).status, status, path);
});
