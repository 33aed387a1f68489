import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { queryPrometheus, waitUntil } from '@quay-observability/testkit';
import { assertBringsData } from './brings-data.ts';
import { dashboardQueries, ruleQueries } from './every-query.ts';
import { GATEWAY_ROWS } from './gateway/gateway-rows.ts';
import { labelValuesQueries } from './grafana-variables.ts';
import {
  beginCounting,
  CONNECTIONS,
  DEAD_PULLS,
  giveTo,
  KNOWN,
  listTags,
  NO_PROBES,
  pythonTagLists,
  sendLoad,
  TAG_LISTS,
  WORKERS,
  type Load,
} from './registry/known-load.ts';
import { askOthers, goOn, push } from './registry/other-load.ts';
import { startInstallations, type Installations } from './registry/start-installations.ts';
import { labelValues, ruleGroups } from './stack/ask-prometheus.ts';

const PULLS = 'quay_registry_image_pulls_total';
const BYTES = 'quay_registry_image_pulled_estimated_bytes_total';
const WINDOW_SECONDS = 300;
/** A rate extrapolates what it sees by less than a scrape to either side; far less than what would be lost or counted twice. */
const EXTRAPOLATED = 1.15;

let installations: Installations;
let url: string;
let beganMs: number;
let firstLoad: Record<'python' | 'go', Load>;
let blobBytes: number;
const atTheEnd: (() => Promise<unknown>)[] = [];

/** The value of a query that gives one. */
async function valueOf(query: string): Promise<number> {
  const samples = await queryPrometheus(url, query);
  assert.equal(samples.length, 1, `${query}: ${JSON.stringify(samples)}`);
  return samples[0]?.value ?? assert.fail();
}

/** By how much these counters have risen since each was first stored, told without any rate: nothing has begun anew. */
const riseOf = (selector: string): Promise<number> =>
  valueOf(`sum(max_over_time(${selector}[10m]) - min_over_time(${selector}[10m]))`);

/** That a rate of five minutes is made of so many events. */
async function assertRateOf(events: number, query: string): Promise<void> {
  const seen = (await valueOf(query)) * WINDOW_SECONDS;
  assert.ok(seen >= events * 0.99 && seen <= events * EXTRAPOLATED, `${query}: ${seen} for ${events}`);
}

/** Shares and quantiles: counters that were first stored at different times are extrapolated a little differently. */
async function assertNear(expected: number, query: string): Promise<void> {
  const value = await valueOf(query);
  assert.ok(Math.abs(value / expected - 1) < 0.1, `${query}: ${value}, expected ${expected}`);
}

/** What the counters of a runtime say of all that it was asked for. */
const totals = (runtime: 'python' | 'go') => {
  const selector = runtime === 'python' ? WORKERS : 'cluster="well", runtime="go"';
  const sum = (key: keyof Load): number => firstLoad[runtime][key] + KNOWN[runtime][key];
  return [
    { query: `sum(${PULLS}{${selector}, status="200"})`, expected: sum('pulls') },
    { query: `sum(${PULLS}{${selector}, status="404"})`, expected: sum('missing') },
    { query: `sum(${BYTES}{${selector}})`, expected: sum('blobs') * blobBytes },
  ];
};

before(async () => {
  installations = await startInstallations();
  const { pushing, scraped, dying } = installations;
  atTheEnd.push(() => installations.stop());
  url = installations.prometheus.url;
  blobBytes = installations.image.blobs[0]?.sizeBytes ?? 0;
  beganMs = Date.now();
  atTheEnd.unshift(goOn(() => askOthers(installations)));

  const labels = { protocol: 'v2', ref: 'tag', status: '200' };
  await dying.doSteps([
    ...pythonTagLists(Array<number>(1000).fill(60), CONNECTIONS.dead),
    { metric: PULLS, action: 'inc', labels, value: DEAD_PULLS },
  ]);
  await dying.stop();
  await pushing.doSteps(pythonTagLists([0.8], CONNECTIONS.pushed));
  await scraped.doSteps(pythonTagLists([0.8], CONNECTIONS.scraped));
  firstLoad = await beginCounting(installations);
  await waitUntil('what the others have counted so far', async () => {
    const begun = 'count(quay_request_duration_seconds_count{cluster="well", route="v2.list_all_tags"})';
    return (await valueOf(begun)) === 4;
  });

  // The move: first all is Python's, then nothing.
  await sendLoad(installations, KNOWN.python);
  await pushing.doSteps(pythonTagLists(TAG_LISTS.pushed, CONNECTIONS.pushed));
  await scraped.doSteps(pythonTagLists(TAG_LISTS.scraped, CONNECTIONS.scraped));
  await giveTo('go', installations);
  await sendLoad(installations, KNOWN.go);
  await listTags(installations, TAG_LISTS.go);
  for (const { query, expected } of [...totals('python'), ...totals('go')])
    await waitUntil(`${query} to be ${expected}`, async () => (await valueOf(query)) === expected);
  const settledMs = Date.now();
  await waitUntil(
    'the next evaluation',
    async () => (await ruleGroups(url)).every(({ lastEvaluation }) => Date.parse(lastEvaluation) > settledMs),
    { timeoutMs: 60_000, intervalMs: 250 },
  );
  assert.ok(
    Date.now() - beganMs < WINDOW_SECONDS * 1000,
    'too slow: the first requests have left the window',
  );
});
after(async () => {
  for (const step of atTheEnd) await step();
});

test('each runtime has counted exactly what it served, and nothing of the other', async () => {
  for (const runtime of ['python', 'go'] as const)
    for (const { query, expected } of totals(runtime)) assert.equal(await valueOf(query), expected, query);
});

test('pulls and bytes per second are those of the clients, per runtime and together', async () => {
  let both = 0;
  for (const runtime of ['python', 'go'] as const) {
    const { pulls, missing, blobs } = KNOWN[runtime];
    const selector = runtime === 'python' ? WORKERS : 'cluster="well", runtime="go"';
    const asked = await riseOf(`${PULLS}{${selector}}`);
    // Python's first requests, too, after the very first one of each worker.
    assert.ok(asked >= pulls + missing && asked < pulls + missing + 2 * firstLoad[runtime].pulls, `${asked}`);
    both += asked;
    const labels = `{cluster="well", runtime="${runtime}"}`;
    await assertRateOf(asked, `runtime:quay_registry_image_pulls:rate5m${labels}`);
    const bytes = await riseOf(`${BYTES}{${selector}}`);
    assert.ok(bytes >= blobs * blobBytes, `${bytes}`);
    await assertRateOf(bytes, `runtime:quay_registry_image_pulled_estimated_bytes:rate5m${labels}`);
    await assertNear(
      (await riseOf(`${PULLS}{${selector}, status!="200"}`)) / asked,
      `runtime:quay_registry_image_pull_failures_per_pulls:ratio_rate5m${labels}`,
    );
  }
  await assertRateOf(both, 'installation:quay_registry_image_pulls:rate5m{cluster="well"}');
});

test('what a dead process had counted is in sums of counters, and in no rate', async () => {
  assert.ok((await valueOf(`sum(${PULLS}{cluster="well"})`)) > DEAD_PULLS);
  assert.ok((await valueOf('installation:quay_registry_image_pulls:rate5m{cluster="well"}')) < 2);
});

test('requests and shares are those of the clients', async () => {
  const counted = (runtime: string): Promise<number> =>
    riseOf(`quay_request_duration_seconds_count{cluster="well", runtime="${runtime}", ${NO_PROBES}}`);
  const served = { python: await counted('python'), go: await counted('go') };
  assert.equal(served.go, KNOWN.go.pulls + KNOWN.go.missing + KNOWN.go.blobs + TAG_LISTS.go);
  assert.ok(
    served.python >=
      KNOWN.python.pulls +
        KNOWN.python.missing +
        KNOWN.python.blobs +
        TAG_LISTS.pushed.length +
        TAG_LISTS.scraped.length,
  );
  for (const runtime of ['python', 'go'] as const) {
    const labels = `{cluster="well", runtime="${runtime}"}`;
    const detailed = 'runtime_method_route_status:quay_request_duration_seconds_count:rate5m';
    const asked = `sum(${detailed}{cluster="well", runtime="${runtime}", ${NO_PROBES}})`;
    await assertRateOf(served[runtime], asked);
    const perRuntime = `runtime:quay_request_duration_seconds_count:rate5m${labels}`;
    await assertNear(await valueOf(`sum(${detailed}${labels})`), perRuntime);
    await assertNear(
      served[runtime] / (served.python + served.go),
      `runtime:quay_request_duration_seconds_count:share_rate5m${labels}`,
    );
    assert.equal(await valueOf(`runtime:quay_request_errors_per_requests:ratio_rate5m${labels}`), 0);
  }
  await assertNear(
    await valueOf('sum(runtime:quay_request_duration_seconds_count:rate5m{cluster="well"})'),
    'installation:quay_request_duration_seconds_count:rate5m{cluster="well"}',
  );
});

test('Prometheus has both spellings of a bound; the recorded buckets have one', async () => {
  const spellings = async (selector: string): Promise<string[]> => {
    const buckets = await queryPrometheus(url, `count by (le) (${selector})`);
    return buckets.map(({ labels }) => labels.le ?? '').sort((a, b) => bound(a) - bound(b));
  };
  const bound = (le: string): number => (le === '+Inf' ? Infinity : Number(le));
  const tags = '{cluster="well", route="v2.list_all_tags"}';
  const stored = await spellings(`quay_request_duration_seconds_bucket${tags}`);
  for (const spelling of ['1', '1.0', '5', '5.0', '10', '10.0'])
    assert.ok(stored.includes(spelling), spelling);
  assert.deepEqual(await spellings(`runtime_route:quay_request_duration_seconds_bucket:rate5m${tags}`), [
    ...['0.005', '0.01', '0.025', '0.05', '0.075', '0.1', '0.25', '0.5', '0.75'],
    ...['1', '2.5', '5', '7.5', '10', '+Inf'],
  ]);
  const upToOne = [...TAG_LISTS.scraped, ...TAG_LISTS.pushed].filter((duration) => duration <= 1).length;
  await assertRateOf(
    upToOne,
    'runtime_route:quay_request_duration_seconds_bucket:rate5m{cluster="well", runtime="python", route="v2.list_all_tags", le="1"}',
  );
});

test('quantiles are those of the known durations, of Python and of both runtimes', async () => {
  const known = [...TAG_LISTS.scraped, ...TAG_LISTS.pushed];
  const labels = 'cluster="well", route="v2.list_all_tags"';
  const quantileOf = '_quantile:quay_request_duration_seconds:histogram_quantile_rate5m';
  for (const quantile of [0.5, 0.95, 0.99])
    await assertNear(
      expectedQuantile(quantile, known),
      `runtime_route${quantileOf}{${labels}, runtime="python", quantile="${quantile}"}`,
    );
  // The new runtime's are all faster than 0.5 s, so that these are Python's too.
  const both = [...Array<number>(TAG_LISTS.go).fill(0.1), ...known];
  for (const quantile of [0.95, 0.99])
    await assertNear(
      expectedQuantile(quantile, both),
      `route${quantileOf}{${labels}, quantile="${quantile}"}`,
    );
});

/** As Prometheus defines it: the rank within its bucket, as if observations were spread evenly over the bucket. */
function expectedQuantile(quantile: number, durations: readonly number[]): number {
  const bounds = [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
  const upTo = (bound: number): number => durations.filter((duration) => duration <= bound).length;
  const rank = quantile * durations.length;
  const index = bounds.findIndex((bound) => upTo(bound) >= rank);
  const [lower = 0, upper = 0] = [bounds[index - 1], bounds[index]];
  return lower + ((upper - lower) * (rank - upTo(lower))) / (upTo(upper) - upTo(lower));
}

test('a dead process holds no connections any more, 90 s after its last push', async () => {
  const alive = CONNECTIONS.pushed + CONNECTIONS.scraped;
  await waitUntil(
    'its push to be old',
    async () => {
      await installations.pushing.doSteps([]);
      const query = 'runtime:quay_db_pooled_connections_in_use:sum{cluster="well", runtime="python"}';
      return (await valueOf(query)) === alive;
    },
    { timeoutMs: 150_000, intervalMs: 1000 },
  );
  assert.equal(
    await valueOf('sum(quay_db_pooled_connections_in_use{cluster="well", runtime="python"})'),
    alive + CONNECTIONS.dead,
  );
  atTheEnd.unshift(goOn(() => push(installations)));
});

for (const { place, expr } of ruleQueries().filter(({ file }) => file === 'registry.yml')) {
  test(`${place}: brings data from real processes`, async () => {
    await waitUntil('a series', async () => (await queryPrometheus(url, expr)).length > 0, {
      timeoutMs: 60_000,
      intervalMs: 250,
    });
  });
}

test('alerts that nothing is wrong with are silent where all is well', async () => {
  const firing = await queryPrometheus(url, 'ALERTS{cluster="well"}');
  assert.deepEqual(
    firing.map(({ labels }) => labels.alertname),
    [],
  );
});

// Its annotation is that of the owner switches, whose test changes some.
const panels = dashboardQueries().filter(
  ({ file, place, row = '' }) =>
    file === 'registry.json' && !place.includes('annotation') && !GATEWAY_ROWS.includes(row),
);
for (const query of panels) {
  test(`${query.place}: brings data from real processes`, () =>
    assertBringsData(url, query, {
      intervalMs: 1000,
      scrapeIntervalMs: 1000,
      rangeMs: Date.now() - beganMs,
      beganMs,
    }));
}

const EXPECTED_VALUES: Record<string, string[]> = {
  runtime: ['go', 'python'],
  protocol: ['v2'],
  route: ['v2.fetch_manifest_by_tagname', 'v2.download_blob', 'v2.list_all_tags'],
  namespace_name: ['other', 'v2'],
};

for (const { name, metric, label } of labelValuesQueries().filter(({ file }) => file === 'registry.json')) {
  test(`variable ${name}: offers what real processes have`, async () => {
    const offered = await labelValues(url, metric, label);
    for (const value of EXPECTED_VALUES[name] ?? assert.fail(`no values are expected for ${name}`))
      assert.ok(offered.includes(value), `${value} is missing from ${offered.join(', ')}`);
  });
}

test('Prometheus evaluates every rule without an error', async () => {
  const rules = (await ruleGroups(url)).flatMap((group) => group.rules);
  assert.ok(rules.length > 0);
  for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
});
