import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startLiveProcess, type LiveProcess, type Step } from '@quay-observability/python-oracle';
import {
  freePort,
  queryPrometheus,
  startApp,
  startPrometheus,
  startPushgateway,
  waitUntil,
} from '@quay-observability/testkit';
import { assertBringsData } from './brings-data.ts';
import { dashboardQueries, ruleQueries } from './every-query.ts';
import { labelValuesQueries } from './grafana-variables.ts';
import { startHealthPages, startProber } from './health/health-pages.ts';
import { startNewRuntime, type Round } from './health/new-runtime.ts';
import { scrapeHealth } from './health/scrape-health.ts';
import { goOn } from './registry/other-load.ts';
import { labelValues, queryRange, ruleGroups } from './stack/ask-prometheus.ts';

const WORKER = join(import.meta.dirname, '../../apps/gc-worker');
const RULE_FILES = ['health.yml', 'secscan.yml'];

/** Of an installation that is well. */
const WELL: Round = {
  api: [
    { status: '200', seconds: 0.02, times: 20 },
    { status: '404', seconds: 0.02, times: 1 },
  ],
  indexed: [{ status: '201', times: 2 }],
  lost: 0,
  results: [90],
  services: { database: true, storage: true, disk_space_warning: true },
  droppedLines: 0,
};
/** Of one in which everything is wrong that an alert tells. */
const AILING: Round = {
  api: [
    { status: '200', seconds: 6, times: 5 },
    { status: '503', seconds: 6, times: 1 },
  ],
  indexed: [
    { status: '201', times: 1 },
    { status: '500', times: 1 },
  ],
  lost: 2,
  results: [],
  services: { database: true, storage: false, disk_space_warning: false },
  droppedLines: 3,
};

let url: string;
let beganMs: number;
const atTheEnd: (() => Promise<unknown>)[] = [];

function keep<T extends { stop(): Promise<unknown> }>(running: T): T {
  atTheEnd.push(() => running.stop());
  return running;
}

/** What a process of Python does in the same time: a request of the API, a submission, a report. */
function pythonRound(): Step[] {
  const seconds = (metric: Step['metric'], labels: Record<string, string>, value: number): Step => ({
    metric,
    action: 'observe',
    labels,
    value,
  });
  const request = { method: 'GET', route: 'api.user', namespace_name: 'other' };
  return [
    seconds('quay_request_duration_seconds', { ...request, status: '200' }, 0.02),
    seconds('quay_request_duration_seconds', { ...request, status: '500' }, 0.02),
    seconds('quay_secscan_request_duration_seconds', { method: 'POST', action: 'Index', status: '201' }, 1.5),
    seconds('quay_secscan_index_layer_size_bytes', {}, 1024),
    seconds('quay_secscan_result_duration_seconds', {}, 90),
  ];
}

before(async () => {
  const [pushgateway, well, ailing, pages, prober] = await Promise.all([
    startPushgateway().then(keep),
    startNewRuntime().then(keep),
    startNewRuntime().then(keep),
    startHealthPages().then(keep),
    startProber().then(keep),
  ]);
  // Without its database and its Redis.
  const address = { host: '127.0.0.1', port: await freePort() };
  const [worker, python] = await Promise.all([
    startApp(WORKER, { USER_EVENTS_REDIS: JSON.stringify(address), HEALTH_CHECK_SECONDS: '1' }).then(keep),
    startLiveProcess('api-health', { pushgatewayUrl: pushgateway.url }).then(keep<LiveProcess>),
  ]);
  const prometheus = keep(
    await startPrometheus({
      configYaml: scrapeHealth({
        apps: [
          { processName: 'api-health', cluster: 'well', url: well.url },
          { processName: 'api-health', cluster: 'ailing', url: ailing.url },
          { processName: 'gc-worker', cluster: 'ailing', url: worker.adminUrl },
        ],
        pushgatewayUrl: pushgateway.url,
        prober: prober.host,
        nginx: pages.host,
      }),
    }),
  );
  url = prometheus.url;
  beganMs = Date.now();
  atTheEnd.unshift(
    goOn(async () => {
      well.count(WELL);
      ailing.count(AILING);
      await python.doSteps(pythonRound());
    }),
  );
  await waitUntil(
    'the rates of both runtimes',
    async () =>
      (await queryPrometheus(url, 'runtime:quay_api_request_duration_seconds_count:rate5m > 0')).length === 3,
    { timeoutMs: 90_000, intervalMs: 250 },
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
  const alerts = ['ServiceDown', 'DiskSpaceLow', 'CheckDown', 'RuntimesDiffer'].map(
    (name) => `QuayHealth${name}`,
  );
  for (const alert of alerts) {
    const { expr } = ruleQueries().find(({ place }) => place === `alert ${alert}`) ?? assert.fail(alert);
    await waitUntil(alert, async () => (await clusters(expr)).length > 0);
    assert.deepEqual(await clusters(expr), ['ailing'], alert);
  }
  const [services = assert.fail()] = await queryPrometheus(
    url,
    'quay_health_check_up{check="quay/storage"} == 0',
  );
  assert.deepEqual([services.labels.process_name, services.labels.cluster], ['api-health', 'ailing']);
  const [differs = assert.fail()] = await queryPrometheus(url, 'probe_success == 0');
  assert.deepEqual([differs.labels.runtime, differs.labels.page], ['go', 'instance']);
});

for (const { place, expr } of ruleQueries().filter(({ file }) => RULE_FILES.includes(file))) {
  test(`${place}: brings data`, async () => {
    await waitUntil('a series', async () => (await queryRange(url, expr, beganMs)).length > 0, {
      timeoutMs: 60_000,
      intervalMs: 250,
    });
  });
}

for (const query of dashboardQueries().filter(
  ({ file, place }) => file === 'health.json' && !place.includes('annotation'),
)) {
  test(`${query.place}: brings data`, () =>
    assertBringsData(url, query, {
      intervalMs: 1000,
      scrapeIntervalMs: 1000,
      rangeMs: Date.now() - beganMs,
      beganMs,
    }));
}

for (const { name, metric, label } of labelValuesQueries().filter(({ file }) => file === 'health.json')) {
  test(`health.json, variable ${name}: has values`, async () => {
    assert.ok((await labelValues(url, metric, label)).length > 0);
  });
}

test('alerts on what is fast and answered are silent where all is well', async () => {
  for (const metric of [
    'runtime:quay_secscan_request_errors_per_requests:ratio_rate5m{cluster="well"} > 0',
    'runtime_quantile:quay_api_request_duration_seconds:histogram_quantile_rate5m{cluster="well", quantile="0.95"} > 2.5',
    'upstream:quay_api_upstream_errors_per_requests:ratio_rate5m{cluster="well"}',
  ])
    assert.deepEqual(await queryPrometheus(url, metric), [], metric);
});

test('Prometheus evaluates every rule without an error', async () => {
  const rules = (await ruleGroups(url)).flatMap((group) => group.rules);
  assert.ok(rules.length > 0);
  for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
});
