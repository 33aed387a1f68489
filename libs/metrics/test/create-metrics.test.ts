import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricNamesOf } from '@quay-observability/metric-catalogue';
import { createMetrics } from '../src/index.ts';

/** Sample lines of an exposition with their labels sorted, so that label order does not matter. */
function samplesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(
        /\{(.*)\}/,
        (_all, labels: string) =>
          `{${labels
            .split(/,(?=[a-z_]+=)/)
            .sort()
            .join(',')}}`,
      ),
    )
    .sort();
}

function withTraffic() {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  metrics.counter('quay_registry_image_pulls_total').inc({ protocol: 'v2', ref: 'tag', status: '200' }, 3);
  metrics.gauge('quay_http_requests_in_flight').set({ listener: 'public' }, 2);
  const duration = metrics.histogram('quay_request_duration_seconds');
  const labels = {
    method: 'GET',
    route: 'v2.fetch_manifest_by_tagname',
    status: '200',
    namespace_name: 'other',
  };
  for (const seconds of [0.004, 0.005, 0.2, 1, 60]) duration.observe(labels, seconds);
  return metrics;
}

async function textOf(
  metrics: { exposition: (accept?: string) => Promise<{ body: Buffer }> },
  accept?: string,
) {
  return (await metrics.exposition(accept)).body.toString();
}

test('our exposition has the samples that prom-client renders from the same registry', async () => {
  const metrics = withTraffic();
  assert.deepEqual(samplesOf(await textOf(metrics)), samplesOf(await metrics.plainText()));
});

test('a histogram has cumulative buckets, bounds printed the Go way, sum and count', async () => {
  const text = await textOf(withTraffic());
  const of = (suffix: string) =>
    text.split('\n').filter((line) => line.startsWith(`quay_request_duration_seconds${suffix}{`));
  const counts = of('_bucket').map((line) => `${/le="([^"]+)"/.exec(line)?.[1]}:${line.split(' ').at(-1)}`);
  assert.deepEqual(counts, [
    '0.005:2',
    '0.01:2',
    '0.025:2',
    '0.05:2',
    '0.075:2',
    '0.1:2',
    '0.25:3',
    '0.5:3',
    '0.75:3',
    '1:4',
    '2.5:4',
    '5:4',
    '7.5:4',
    '10:4',
    '+Inf:5',
  ]);
  assert.match(of('_sum')[0] ?? '', / 61\.209$/);
  assert.match(of('_count')[0] ?? '', / 5$/);
});

test('every sample carries the runtime label, process and Node.js metrics included', async () => {
  const metrics = createMetrics({ app: 'gc-worker', runtime: 'next' });
  const samples = (await textOf(metrics)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  assert.ok(samples.some((line) => line.startsWith('process_cpu_seconds_total{')));
  assert.ok(samples.some((line) => line.startsWith('nodejs_eventloop_lag_seconds{')));
  for (const line of samples) assert.match(line, /runtime="next"/);
});

test('a counter of the contract appears once, under its wire name', async () => {
  const text = await textOf(createMetrics({ app: 'gc-worker', runtimeMetrics: false }));
  assert.match(text, /^# TYPE quay_gc_iterations_total counter$/m);
  assert.match(text, /^quay_gc_iterations_total\{runtime="go"\} 0$/m);
  assert.doesNotMatch(text, /^quay_gc_iterations[ {]/m);
});

test('a labelled metric without children exposes HELP and TYPE only; a gauge that must not lie has no zero', async () => {
  const text = await textOf(createMetrics({ app: 'globalstats-worker', runtimeMetrics: false }));
  assert.match(text, /^# TYPE quay_worker_operation_in_progress gauge$/m);
  assert.doesNotMatch(text, /^quay_worker_operation_in_progress\{/m);
  assert.match(text, /^# TYPE quay_repository_rows gauge$/m);
  assert.doesNotMatch(text, /^quay_repository_rows\{/m);
});

test('an app registers what the catalogue assigns to it and refuses what belongs to another', async () => {
  const metrics = createMetrics({ app: 'pullmetrics-worker', runtimeMetrics: false });
  const families = [...(await textOf(metrics)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(families, metricNamesOf('pullmetrics-worker'));
  assert.throws(
    // @ts-expect-error the name belongs to another app, so it does not compile either
    () => metrics.counter('quay_gc_iterations_total'),
    /quay_gc_iterations_total is not a counter of pullmetrics-worker/,
  );
});

test('misspelt names and labels do not compile and throw', () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  // @ts-expect-error misspelt name
  assert.throws(() => metrics.counter('quay_registry_image_pull_total'), /not a counter/);
  const pulls = metrics.counter('quay_registry_image_pulls_total');
  // @ts-expect-error misspelt label
  assert.throws(() => pulls.inc({ protocol: 'v2', reff: 'tag', status: '200' }), /unknown label "reff"/);
  // @ts-expect-error missing label
  assert.throws(() => pulls.inc({ protocol: 'v2', ref: 'tag' }), /label "status" is missing/);
});

test('a metric without labels takes none, and a surplus label is refused also for a series that exists', () => {
  const metrics = createMetrics({ app: 'gc-worker', runtimeMetrics: false });
  const iterations = metrics.counter('quay_gc_iterations_total');
  assert.throws(
    // @ts-expect-error the metric has no labels
    () => iterations.inc({ table: 'Tag' }),
    /quay_gc_iterations_total: unknown label "table"; it has no labels/,
  );
  const waiting = metrics.gauge('quay_db_pool_waiting');
  // @ts-expect-error the metric has no labels
  assert.throws(() => waiting.set({ target: 'x' }, 1), /unknown label "target"/);
  const rows = metrics.counter('quay_gc_table_rows_deleted_total');
  rows.inc({ table: 'Tag' });
  const surplus = { table: 'Tag', extra: 'x' };
  assert.throws(() => rows.inc(surplus), /quay_gc_table_rows_deleted_total: unknown label "extra"/);
});

test('a removed series is gone, and the others stay', async () => {
  const metrics = createMetrics({ app: 'gc-worker', runtimeMetrics: false });
  const connections = metrics.gauge('quay_db_pool_connections');
  connections.set({ state: 'idle' }, 1);
  connections.set({ state: 'in_use' }, 2);
  connections.remove({ state: 'idle' });
  connections.add({ state: 'in_use' }, 1);
  const lines = (await textOf(metrics))
    .split('\n')
    .filter((line) => line.startsWith('quay_db_pool_connections{'));
  assert.deepEqual(lines, ['quay_db_pool_connections{state="in_use",runtime="go"} 3']);
  const rows = createMetrics({ app: 'globalstats-worker', runtimeMetrics: false });
  rows.gauge('quay_user_rows').set({}, 7);
  rows.gauge('quay_user_rows').remove({});
  assert.doesNotMatch(await textOf(rows), /^quay_user_rows\{/m);
});

test('label values outside their known set become `other`, and keep nothing of what the client sent', async () => {
  const metrics = createMetrics({
    app: 'registry-metrics',
    runtimeMetrics: false,
    known: { quay_request_duration_seconds: { route: ['v2.catalog_search'] } },
  });
  const duration = metrics.histogram('quay_request_duration_seconds');
  for (let at = 0; at < 1000; at += 1) {
    duration.observe(
      { method: `X${at}`, route: `evil${at}`, status: String(600 + at), namespace_name: 'other' },
      1,
    );
  }
  duration.observe({ method: 'GET', route: 'v2.catalog_search', status: '200', namespace_name: 'other' }, 1);
  const counts = (await textOf(metrics))
    .split('\n')
    .filter((line) => line.startsWith('quay_request_duration_seconds_count'));
  assert.deepEqual(counts, [
    'quay_request_duration_seconds_count{method="other",route="other",status="other",namespace_name="other",runtime="go"} 1000',
    'quay_request_duration_seconds_count{method="GET",route="v2.catalog_search",status="200",namespace_name="other",runtime="go"} 1',
  ]);
});

test('beyond the limit of series an observation counts under `other`, and the refusals are counted', async () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false, maxSeriesPerMetric: 3 });
  const duration = metrics.histogram('quay_request_duration_seconds');
  for (let at = 0; at < 10; at += 1)
    duration.observe({ method: 'GET', route: `r${at}`, status: '200', namespace_name: 'other' }, 1);
  const text = await textOf(metrics);
  assert.equal(text.match(/^quay_request_duration_seconds_count/gm)?.length, 4);
  assert.match(
    text,
    /^quay_request_duration_seconds_count\{method="other",route="other",status="other",namespace_name="other",runtime="go"\} 7$/m,
  );
  assert.match(
    text,
    /^quay_metrics_series_refused_total\{metric="quay_request_duration_seconds",runtime="go"\} 7$/m,
  );
});

test('the smallest limit of series still counts everything under `other`', async () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false, maxSeriesPerMetric: 1 });
  const pulls = metrics.counter('quay_registry_image_pulls_total');
  for (const status of ['200', '404', '400']) pulls.inc({ protocol: 'v2', ref: 'tag', status });
  metrics.gauge('quay_http_requests_in_flight').set({ listener: 'public' }, 1);
  metrics.gauge('quay_http_requests_in_flight').set({ listener: 'admin' }, 1);
  const text = await textOf(metrics);
  assert.match(
    text,
    /^quay_registry_image_pulls_total\{protocol="other",ref="other",status="other",runtime="go"\} 2$/m,
  );
  assert.match(
    text,
    /^quay_metrics_series_refused_total\{metric="quay_registry_image_pulls_total",runtime="go"\} 2$/m,
  );
});

test('a collector that never ends is reported and left behind', async () => {
  const failed: string[] = [];
  const metrics = createMetrics({
    app: 'gc-worker',
    runtimeMetrics: false,
    onCollectFailed: (metric, error) => failed.push(`${metric}: ${String(error)}`),
  });
  metrics.gauge('quay_db_pooled_connections_in_use').onCollect(() => new Promise(() => undefined));
  assert.match(await textOf(metrics), /^quay_gc_iterations_total/m);
  assert.deepEqual(failed, ['quay_db_pooled_connections_in_use: Error: not collected within 2000 ms']);
});

test('label values and HELP are escaped', async () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  metrics
    .histogram('quay_request_duration_seconds')
    .observe({ method: 'GET', route: 'a"b\\c\nd', status: '200', namespace_name: 'other' }, 1);
  assert.ok((await textOf(metrics)).includes('route="a\\"b\\\\c\\nd"'));
});

test('text 0.0.4 is the answer unless the operator opted in to OpenMetrics and the client prefers it', async () => {
  const prometheus =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  const closed = createMetrics({ app: 'gc-worker', runtimeMetrics: false });
  assert.equal((await closed.exposition(prometheus)).contentType, 'text/plain; version=0.0.4; charset=utf-8');
  const open = createMetrics({ app: 'gc-worker', runtimeMetrics: false, openMetrics: true });
  open
    .histogram('quay_worker_operation_duration_seconds')
    .observe({ worker: 'RepositoryGCWorker', operation: 'poll_queue' }, 61);
  const { contentType, body } = await open.exposition(prometheus);
  assert.equal(contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.match(body.toString(), /^# TYPE quay_gc_iterations counter$/m);
  assert.match(body.toString(), /^quay_gc_iterations_total\{runtime="go"\} 0$/m);
  assert.match(body.toString(), /le="60\.0"/);
  assert.ok(body.toString().endsWith('# EOF\n'));
  assert.match((await open.exposition('text/plain;version=0.0.4')).contentType, /^text\/plain/);
});

test('a collector that fails is reported and does not spoil the scrape', async () => {
  const failed: string[] = [];
  const metrics = createMetrics({
    app: 'gc-worker',
    runtimeMetrics: false,
    onCollectFailed: (metric) => failed.push(metric),
  });
  metrics
    .gauge('quay_db_pooled_connections_in_use')
    .onCollect(() => Promise.reject(new Error('no database')));
  metrics.gauge('quay_db_pool_waiting').onCollect(() => metrics.gauge('quay_db_pool_waiting').set({}, 4));
  const text = await textOf(metrics);
  assert.deepEqual(failed, ['quay_db_pooled_connections_in_use']);
  assert.match(text, /^quay_db_pool_waiting\{runtime="go"\} 4$/m);
});

test('scrapes at the same time share one gathering', async () => {
  const metrics = createMetrics({ app: 'gc-worker', runtimeMetrics: false });
  let gatherings = 0;
  metrics.gauge('quay_db_pooled_connections_in_use').onCollect(async () => {
    gatherings += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
  const bodies = await Promise.all(Array.from({ length: 10 }, () => textOf(metrics)));
  assert.equal(gatherings, 1);
  assert.equal(new Set(bodies).size, 1);
  await textOf(metrics);
  assert.equal(gatherings, 2);
});

test('counters refuse to go down, and nothing takes a value that is not a number', () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  assert.throws(
    () => metrics.counter('quay_registry_image_pulled_estimated_bytes_total').inc({ protocol: 'v2' }, -1),
    /cannot decrease/,
  );
  assert.throws(
    () => metrics.counter('quay_registry_image_pulled_estimated_bytes_total').inc({ protocol: 'v2' }, NaN),
    /not a finite number/,
  );
  assert.throws(
    () =>
      metrics
        .histogram('quay_http_request_duration_seconds')
        .observe({ listener: 'public', method: 'GET' }, Infinity),
    /not a finite number/,
  );
});

test('known label values can be replaced: what is gone keeps its series, and is found again when it is back', async () => {
  const metrics = createMetrics({
    app: 'registry-metrics',
    runtimeMetrics: false,
    known: { quay_request_duration_seconds: { namespace_name: ['other'] } },
  });
  const durations = metrics.histogram('quay_request_duration_seconds');
  const observe = (namespace_name: string) =>
    durations.observe({ method: 'GET', route: 'r', status: '200', namespace_name }, 0.1);
  const know = (...values: string[]) =>
    metrics.knowLabelValues('quay_request_duration_seconds', 'namespace_name', values);
  const counts = async () => {
    const text = (await metrics.exposition()).body.toString();
    const lines = text.matchAll(/_count\{.*namespace_name="(\w+)".*\} (\d+)$/gm);
    return [...lines].map(([, namespace, count]) => `${namespace} ${count}`);
  };
  observe('a');
  know('a', 'other');
  observe('a');
  know('b', 'other');
  observe('a');
  observe('b');
  assert.deepEqual(await counts(), ['other 2', 'a 1', 'b 1']);
  know('a', 'other');
  observe('a');
  observe('b');
  assert.deepEqual(await counts(), ['other 3', 'a 2', 'b 1']);
  assert.throws(
    () => metrics.knowLabelValues('quay_request_duration_seconds', 'namespace', []),
    /unknown label "namespace"/,
  );
  assert.throws(() => metrics.knowLabelValues('quay_gc_iterations_total', 'x', []), /registry-metrics/);
});
