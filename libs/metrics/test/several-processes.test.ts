import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type Metrics, type MetricSource, type MetricsOptions } from '../src/index.ts';

type App = Metrics<'registry-metrics'>;

function create(options: Partial<MetricsOptions<'registry-metrics'>> = {}): App {
  return createMetrics({ app: 'registry-metrics', runtimeMetrics: false, ...options });
}

/** A process whose metrics `primary` exposes; `tell` is what goes from one to the other, cloned as a message is. */
function addProcess(primary: App, options: Partial<MetricsOptions<'registry-metrics'>> = {}) {
  const metrics = create(options);
  const exported = metrics.createExport();
  const source: MetricSource = primary.addSource();
  return {
    metrics,
    source,
    tell: async (batchSize = 1000) => {
      await exported.collect();
      let batches = 0;
      for (;;) {
        const changes = exported.takeSeries(batchSize);
        if (changes === undefined) break;
        batches += 1;
        source.applySeries(structuredClone(changes));
      }
      source.applyRuntime(structuredClone(exported.runtime()));
      return batches;
    },
  };
}

async function valueOf(metrics: App, series: string): Promise<number | undefined> {
  const text = (await metrics.exposition()).body.toString();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const PULL = { protocol: 'v2', ref: 'tag', status: '200' } as const;
const PULLS = 'quay_registry_image_pulls_total{protocol="v2",ref="tag",status="200",runtime="go"}';
const DURATION = { method: 'GET', route: 'v2.fetch_blob', status: '200', namespace_name: 'other' };
const DURATION_LABELS = 'method="GET",route="v2.fetch_blob",status="200",namespace_name="other",runtime="go"';

test('one exposition of three processes is that of one process which counted everything', async () => {
  const alone = create();
  const primary = create();
  const processes = [addProcess(primary), addProcess(primary), addProcess(primary)];
  for (let at = 0; at < 500; at += 1) {
    for (const metrics of [alone, processes[at % 3]!.metrics]) {
      metrics.counter('quay_registry_image_pulls_total').inc({ ...PULL, status: String(200 + (at % 7)) });
      metrics.histogram('quay_request_duration_seconds').observe(DURATION, (at % 64) / 4);
      metrics.gauge('quay_http_requests_in_flight').add({ listener: 'public' }, 1);
    }
    if (at % 50 === 0) await processes[at % 3]!.tell();
  }
  for (const { tell } of processes) await tell();
  const lines = async (metrics: App) => (await metrics.exposition()).body.toString().split('\n').sort();
  assert.deepEqual(await lines(primary), await lines(alone));
});

test('what a process counted stays when it ends, and another one in its place counts on', async () => {
  const primary = create();
  const first = addProcess(primary);
  first.metrics.counter('quay_registry_image_pulls_total').inc(PULL, 5);
  first.metrics.histogram('quay_request_duration_seconds').observe(DURATION, 0.3);
  await first.tell();
  first.source.end();
  assert.equal(await valueOf(primary, PULLS), 5);
  const second = addProcess(primary);
  second.metrics.counter('quay_registry_image_pulls_total').inc(PULL, 2);
  second.metrics.histogram('quay_request_duration_seconds').observe(DURATION, 0.5);
  await second.tell();
  await second.tell();
  assert.equal(await valueOf(primary, PULLS), 7);
  assert.equal(await valueOf(primary, `quay_request_duration_seconds_count{${DURATION_LABELS}}`), 2);
  assert.equal(await valueOf(primary, `quay_request_duration_seconds_sum{${DURATION_LABELS}}`), 0.8);
  assert.equal(
    await valueOf(primary, `quay_request_duration_seconds_bucket{${DURATION_LABELS},le="0.25"}`),
    0,
  );
});

test('a gauge is the sum, the largest or the smallest of the processes that are there', async () => {
  const primary = create();
  const processes = [addProcess(primary), addProcess(primary)];
  const labels = { process_name: 'registry-metrics' };
  for (const [at, { metrics, tell }] of processes.entries()) {
    metrics.gauge('quay_http_requests_in_flight').set({ listener: 'public' }, 3 + at);
    metrics.gauge('quay_switch_snapshot_age_seconds').onCollect(() => {
      metrics.gauge('quay_switch_snapshot_age_seconds').set(labels, 10 * (at + 1));
    });
    metrics.gauge('quay_switch_snapshot_version').set(labels, 40 + at);
    await tell();
  }
  const inFlight = 'quay_http_requests_in_flight{listener="public",runtime="go"}';
  const age = 'quay_switch_snapshot_age_seconds{process_name="registry-metrics",runtime="go"}';
  const version = 'quay_switch_snapshot_version{process_name="registry-metrics",runtime="go"}';
  const shown = async () => [
    await valueOf(primary, inFlight),
    await valueOf(primary, age),
    await valueOf(primary, version),
  ];
  assert.deepEqual(await shown(), [7, 20, 40]);
  processes[0]!.source.end();
  assert.deepEqual(await shown(), [4, 20, 41]);
  processes[1]!.source.end();
  // Nobody serves a request; how old the switches of nobody are is no number.
  assert.deepEqual(await shown(), [0, undefined, undefined]);
});

test('a gauge that a process has removed goes', async () => {
  const primary = create();
  const { metrics, tell } = addProcess(primary);
  const series = 'quay_db_pool_connections{state="idle",runtime="go"}';
  metrics.gauge('quay_db_pool_connections').set({ state: 'idle' }, 4);
  await tell();
  assert.equal(await valueOf(primary, series), 4);
  metrics.gauge('quay_db_pool_connections').remove({ state: 'idle' });
  await tell();
  assert.equal(await valueOf(primary, series), undefined);
  metrics.gauge('quay_db_pool_connections').set({ state: 'idle' }, 2);
  await tell();
  assert.equal(await valueOf(primary, series), 2);
});

test('what says who the process is comes from the one that exposes', async () => {
  const primary = create();
  const { metrics, tell } = addProcess(primary);
  metrics.gauge('quay_app_info').set({ app: 'registry-metrics', version: '1' }, 1);
  await tell();
  assert.equal(
    await valueOf(primary, 'quay_app_info{app="registry-metrics",version="1",runtime="go"}'),
    undefined,
  );
});

test('only what has changed is told, in batches', async () => {
  const primary = create();
  const { metrics, tell } = addProcess(primary);
  const durations = metrics.histogram('quay_request_duration_seconds');
  for (let at = 0; at < 95; at += 1) durations.observe({ ...DURATION, route: `r${at}` }, 1);
  await tell();
  assert.equal(await tell(), 0);
  for (let at = 0; at < 95; at += 1) durations.observe({ ...DURATION, route: `r${at}` }, 1);
  assert.equal(await tell(10), 10);
  const text = (await primary.exposition()).body.toString();
  assert.equal(text.match(/^quay_request_duration_seconds_count\{.* 2$/gm)?.length, 95);
});

test('the limit of series holds for all processes together, and what is beyond counts as other', async () => {
  const primary = create({ maxSeriesPerMetric: 10 });
  for (const name of ['a', 'b']) {
    const { metrics, tell } = addProcess(primary, { maxSeriesPerMetric: 10 });
    const durations = metrics.histogram('quay_request_duration_seconds');
    for (let at = 0; at < 8; at += 1) durations.observe({ ...DURATION, route: `${name}${at}` }, 1);
    await tell();
  }
  const text = (await primary.exposition()).body.toString();
  const counts = [...text.matchAll(/^quay_request_duration_seconds_count\{.* (\d+)$/gm)].map((match) =>
    Number(match[1]),
  );
  assert.equal(counts.length, 11);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    16,
  );
  assert.equal(
    await valueOf(
      primary,
      'quay_metrics_series_refused_total{metric="quay_request_duration_seconds",runtime="go"}',
    ),
    6,
  );
});

test('process metrics are summed where that means something, and CPU seconds outlive their process', async () => {
  const primary = create({ runtimeMetrics: true });
  const own = await valueOf(primary, 'process_start_time_seconds{runtime="go"}');
  const source = primary.addSource();
  const sample = (name: string, value: number) => ({ name, samples: [{ value, labels: {} }] });
  source.applyRuntime([
    sample('process_cpu_seconds_total', 1000),
    sample('process_resident_memory_bytes', 1e12),
    sample('process_start_time_seconds', 1),
    sample('nodejs_eventloop_lag_p99_seconds', 77),
  ]);
  const cpu = async () => (await valueOf(primary, 'process_cpu_seconds_total{runtime="go"}')) ?? 0;
  assert.ok((await cpu()) > 1000);
  assert.ok(((await valueOf(primary, 'process_resident_memory_bytes{runtime="go"}')) ?? 0) > 1e12);
  assert.equal(await valueOf(primary, 'process_start_time_seconds{runtime="go"}'), own);
  assert.equal(await valueOf(primary, 'nodejs_eventloop_lag_p99_seconds{runtime="go"}'), 77);
  source.end();
  assert.ok((await cpu()) > 1000);
  assert.ok(((await valueOf(primary, 'process_resident_memory_bytes{runtime="go"}')) ?? 0) < 1e12);
});

test('a process that exports has no exposition of its own', async () => {
  const metrics = create();
  metrics.createExport();
  await assert.rejects(metrics.exposition(), /exposed by another one/);
});

test('others have told what they have before a gathering', async () => {
  let told: () => Promise<number> = () => Promise.resolve(0);
  const primary = create({ beforeGathering: async () => void (await told()) });
  const { metrics, tell } = addProcess(primary);
  told = tell;
  metrics.counter('quay_registry_image_pulls_total').inc(PULL, 3);
  assert.equal(await valueOf(primary, PULLS), 3);
});

test('a label value that only the process which observed it knows is kept', async () => {
  const known = (namespaces: string[]) => ({
    known: { quay_request_duration_seconds: { namespace_name: namespaces } },
  });
  const primary = create(known(['other']));
  const { metrics, tell } = addProcess(primary, known(['other', 'new']));
  metrics.histogram('quay_request_duration_seconds').observe({ ...DURATION, namespace_name: 'new' }, 1);
  await tell();
  const labels = DURATION_LABELS.replace('="other"', '="new"');
  assert.equal(await valueOf(primary, `quay_request_duration_seconds_count{${labels}}`), 1);
});
