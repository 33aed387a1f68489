import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, startPrometheus, startRedis, waitUntil } from '@quay-observability/testkit';
import { call, runController, setPull, versionOf } from './run-controller.ts';

test('decisions per second by owner come from Prometheus', async () => {
  const [redis, prometheusPort] = [await startRedis(), await freePort()];
  const app = await runController(redis, { PROMETHEUS_URL: `http://127.0.0.1:${prometheusPort}/` });
  const away = (await call(app, '/v1/rates')).json;
  assert.equal(away.available, false);
  assert.match(String(away.why), /ECONNREFUSED/);
  const prometheus = await startPrometheus({
    port: prometheusPort,
    configYaml: `
scrape_configs:
  - job_name: quay
    scrape_interval: 300ms
    scrape_timeout: 300ms
    static_configs: [{ targets: ['${new URL(app.adminUrl).host}'] }]
`,
  });
  try {
    await setPull(app, await versionOf(app), 'go');
    const owners = await waitUntil(
      'decisions of both owners',
      async () => {
        await call(app, '/v1/decision?uri=/v2/a/b/manifests/latest');
        await call(app, '/v1/decision?uri=/v2/');
        const { json } = await call(app, '/v1/rates');
        const rates = json.owners as Record<string, number> | undefined;
        return rates !== undefined && (rates.go ?? 0) > 0 && (rates.python ?? 0) > 0 && rates;
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    assert.deepEqual(Object.keys(owners), ['python', 'go', 'off']);
    assert.equal(owners.off, 0);
  } finally {
    await app.stop();
    await Promise.all([prometheus.stop(), redis.stop()]);
  }
});
