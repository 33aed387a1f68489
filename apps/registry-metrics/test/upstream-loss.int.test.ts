import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRedis, startRegistry, waitUntil } from '@quay-observability/testkit';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape } from './samples.ts';

const MANIFEST = '/v2/devtable/simple/manifests/latest';

test(
  'the loss of the new runtime is repaired by a rollback; without Python the gateway is not ready',
  { timeout: 60_000 },
  async () => {
    const [redis, python, go] = await Promise.all([startRedis(), startRegistry(), startRegistry()]);
    const file = createSwitchFile();
    const app = await runRoutingApp({ pythonUrl: python.url, goUrl: go.url, redis }, file);
    const readiness = async (): Promise<string> => {
      const answer = await fetch(`${app.adminUrl}/readyz?verbose`);
      return `${answer.status}\n${await answer.text()}`;
    };
    try {
      assert.match(await readiness(), /^200\n[^]*\[\+\]registry \(python\) ok\n\[\+\]registry \(go\) ok/);
      await file.publish({ ROUTE_OWNER_CAP_V2_PULL: 'go' }, { to: [app] });
      await go.kill();
      assert.equal((await fetch(app.url + MANIFEST)).status, 502);
      await waitUntil('degradation', async () =>
        /^200\n[^]*\[!\]registry \(go\) degraded: the registry at http/.test(await readiness()),
      );
      await file.publish({}, { to: [app] });
      assert.equal((await fetch(app.url + MANIFEST)).status, 404, 'Python answers');

      await python.kill();
      assert.equal((await fetch(app.url + MANIFEST)).status, 502);
      await waitUntil('unreadiness', async () =>
        /^503\n[^]*\[-\]registry \(python\) failed/.test(await readiness()),
      );
      const samples = await scrape(app.adminUrl);
      for (const upstream of ['python', 'go'])
        assert.equal(
          samples.get(`quay_gateway_upstream_errors_total{upstream="${upstream}",reason="connect"}`),
          1,
        );
      for (const upstream of ['python', 'go'])
        assert.match(app.process.log(), new RegExp(`A request failed[^\\n]*"upstream": ?"${upstream}"`));
    } finally {
      await app.stop();
      await Promise.all([redis, python, go].map((server) => server.stop()));
    }
  },
);
