import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { queryPrometheus, waitUntil } from '@quay-observability/testkit';
import { assertBringsData } from './brings-data.ts';
import { dashboardQueries, ruleQueries } from './every-query.ts';
import { GATEWAY_ROWS } from './gateway/gateway-rows.ts';
import {
  breakConfig,
  changeConfig,
  killProcesses,
  pullBoth,
  pullMany,
  sendEvents,
} from './gateway/gateway-situations.ts';
import { startGateways, type Gateways } from './gateway/start-gateways.ts';
import { goOn } from './registry/other-load.ts';
import { queryRange, ruleGroups } from './stack/ask-prometheus.ts';

let gateways: Gateways;
let url: string;
let beganMs: number;
const atTheEnd: (() => Promise<unknown>)[] = [];

before(async () => {
  gateways = await startGateways();
  const { well, ailing, ailingRedis, prometheus } = gateways;
  atTheEnd.push(() => gateways.stop());
  url = prometheus.url;
  beganMs = Date.now();
  atTheEnd.unshift(
    goOn(async () => {
      await pullBoth(well);
      await sendEvents(well);
      changeConfig(well);
    }),
  );
  // Takes commands and answers none, until it is stopped.
  ailingRedis.signal('SIGSTOP');
  breakConfig(ailing);
  atTheEnd.unshift(goOn(() => sendEvents(ailing)));
  await pullMany(ailing, 1500);
  await killProcesses(well, 5);
  const givenUp = 'rate(quay_pull_tracking_pulls_total{outcome="unanswered"}[30s]) > 0';
  await waitUntil(
    'pulls that Redis has not answered',
    async () => (await queryPrometheus(url, givenUp)).length > 0,
    {
      timeoutMs: 60_000,
      intervalMs: 250,
    },
  );
});
after(async () => {
  for (const step of atTheEnd) await step();
});

test('what is well is told from what is not', async () => {
  const clusters = async (query: string): Promise<string[]> => {
    const samples = await queryPrometheus(url, `group by (cluster) (${query})`);
    return samples.map(({ labels }) => labels.cluster ?? '');
  };
  const expected = {
    'quay_pull_tracking_pulls_total{outcome="tracked"} > 0': 'well',
    'quay_pull_tracking_pulls_total{outcome="unanswered"} > 0': 'ailing',
    'quay_config_last_reload_successful == 0': 'ailing',
    'quay_http_worker_restarts_total > 0': 'well',
  };
  for (const [query, cluster] of Object.entries(expected))
    assert.deepEqual({ [query]: await clusters(query) }, { [query]: [cluster] });
});

for (const { place, expr } of ruleQueries().filter(({ file }) => file === 'gateway.yml')) {
  test(`${place}: brings data from real processes`, async () => {
    // At any time since the beginning: a queue is long only until Redis is given up.
    await waitUntil('a series', async () => (await queryRange(url, expr, beganMs)).length > 0, {
      timeoutMs: 60_000,
      intervalMs: 250,
    });
  });
}

const panels = dashboardQueries().filter(
  ({ file, row = '' }) => file === 'registry.json' && GATEWAY_ROWS.includes(row),
);

test('every row that is left out elsewhere is tested here', () => {
  assert.deepEqual([...new Set(panels.map(({ row }) => row))], GATEWAY_ROWS);
});

for (const query of panels) {
  test(`${query.place}: brings data from real processes`, () =>
    assertBringsData(url, query, {
      intervalMs: 1000,
      scrapeIntervalMs: 1000,
      rangeMs: Date.now() - beganMs,
      beganMs,
    }));
}

test('Prometheus evaluates every rule without an error', async () => {
  const rules = (await ruleGroups(url)).flatMap((group) => group.rules);
  assert.ok(rules.length > 0);
  for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
});
