import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { askHealth } from './ask-health.ts';
import { startHealthStage, type HealthStage } from './health-stage.ts';

let stage: HealthStage;
before(async () => {
  stage = await startHealthStage();
});
after(() => stage.stop());

test('a storm of probes asks each service about once a second', async (t) => {
  const { url, app } = await stage.startNew({}, { HEALTH_SHARE_SECONDS: '1' });
  const start = performance.now();
  let left = 500;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      assert.equal((await askHealth(url, '/health/instance')).status, 200);
    }
  };
  await Promise.all(Array.from({ length: 50 }, one));
  const seconds = (performance.now() - start) / 1000;
  t.diagnostic(`500 probes in ${seconds.toFixed(2)} s pinged the registry ${stage.pings} times`);
  assert.ok(stage.pings >= 1 && stage.pings <= Math.ceil(seconds) + 1, `${stage.pings} pings`);
  await app.stop();
});

test('a result from before an outage is not shown for longer than it is shared', async () => {
  const { url, app } = await stage.startNew({}, { HEALTH_SHARE_SECONDS: '0.2' });
  assert.equal((await askHealth(url, '/health/instance')).status, 200);
  stage.pingStatus = 500;
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal((await askHealth(url, '/health/instance')).status, 503);
  await app.stop();
});

test('what has failed is asked again until it passes, so that the metric follows without a probe', async () => {
  stage.pingStatus = 500;
  const { url, app } = await stage.startNew();
  const isUp = async () => {
    const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
    return /^quay_health_check_up\{check="quay\/registry_gunicorn",.*\} (\d)$/m.exec(metrics)?.[1];
  };
  assert.equal((await askHealth(url, '/health/instance')).status, 503);
  assert.equal(await isUp(), '0');
  stage.pingStatus = 200;
  await waitUntil('the metric to tell that it passes', async () => (await isUp()) === '1');
  await app.stop();
});
