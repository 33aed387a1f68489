import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startPostgres,
  startRedis,
  startTestClair,
  waitUntil,
  type PostgresServer,
  type Server,
  type TestClair,
} from '@quay-observability/testkit';
import { askHealth } from '../health/ask-health.ts';
import { callClair, forEachOf, index } from './clair-client.ts';
import { insertImages, makeImages, markScanned, type Image } from './images.ts';
import { runSecscan, type RunningSecscan } from './run-secscan.ts';
import { addSamples, callsOf, errorsOf, histogramOf, layersOf, resultsOf, type Samples } from './samples.ts';

const SIZES = 'quay_secscan_index_layer_size_bytes';
const RESULTS = 'quay_secscan_result_duration_seconds';
/** Quay's own bounds in the histogram of results. */
const PUSHED_AGO_MS = 200_000;

let postgres: PostgresServer;
let redis: Server;
let clair: TestClair;

before(async () => {
  [postgres, redis, clair] = await Promise.all([
    startPostgres({ schema: true }),
    startRedis(),
    startTestClair(),
  ]);
});

after(async () => {
  await Promise.all([clair.close(), redis.stop(), postgres.stop()]);
});

const run = (env: Record<string, string> = {}): Promise<RunningSecscan> =>
  runSecscan({ clairUrl: clair.url, postgres, redis, env });

/** Once nothing is being looked up any more. */
async function settled(app: RunningSecscan, results: number): Promise<Samples> {
  let samples: Samples = new Map();
  await waitUntil('what is looked up', async () => {
    samples = await app.samples();
    const known = Object.values(resultsOf(samples)).reduce((sum, each) => sum + each, 0);
    return samples.get('quay_secscan_lookup_queue_length') === 0 && known === results;
  });
  return samples;
}

const bytesOf = (images: readonly Image[]): number =>
  images.flatMap(({ layers }) => layers).reduce((sum, { bytes }) => sum + bytes, 0);

test('500 calls through two replicas, one restarted in between: every number exact', async () => {
  const images = makeImages(250, Date.now() - PUSHED_AGO_MS);
  await insertImages(postgres, images);
  const [begun, second] = await Promise.all([run(), run()]);
  let first = begun;
  const indexAll = async (some: readonly Image[], apps: readonly RunningSecscan[]): Promise<void> => {
    await forEachOf(some, 8, async (image, position) => {
      const { status, text } = await index(apps[position % apps.length]?.secscanUrl ?? '', image);
      assert.equal(status, 201);
      assert.equal((JSON.parse(text) as { manifest_hash: string }).manifest_hash, image.manifest);
    });
  };
  try {
    const startedMs = Date.now();
    await indexAll(images.slice(0, 150), [first, second]);
    const beforeRestart = await settled(first, 75);
    await first.stop();
    first = await run();
    // All of them: 150 for the second time, by the other replica or the restarted one.
    await indexAll(images, [second, first]);
    await indexAll(images.slice(0, 100), [first, second]);
    const samples = addSamples(
      beforeRestart,
      await settled(first, 125 + 50),
      await settled(second, 75 + 125 + 50),
    );
    const elapsedSeconds = (Date.now() - startedMs) / 1000;

    assert.deepEqual(callsOf(samples), { 'POST Index 201': 500 });
    const submitted = [...images.slice(0, 150), ...images, ...images.slice(0, 100)];
    assert.deepEqual(histogramOf(samples, SIZES), { sum: bytesOf(submitted), count: 2000 });
    assert.deepEqual(layersOf(samples), { found: 2000 });
    assert.deepEqual(resultsOf(samples), { observed: 250, already_counted: 250 });
    const { sum, count } = histogramOf(samples, RESULTS);
    assert.equal(count, 250);
    const least = images.reduce((total, { pushedAtMs }) => total + (startedMs - pushedAtMs) / 1000, 0);
    assert.ok(sum > least && sum < least + 250 * elapsedSeconds, `${sum} is not ${least} and the time since`);
    assert.deepEqual(errorsOf(samples), {});
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
});

test('every action of Quay has its name, and what Quay never asks is forwarded uncounted', async () => {
  const [image] = makeImages(1, Date.now(), 'actions');
  assert.ok(image);
  const app = await run();
  const id = '269886f3-0146-4f08-9bf7-cb1138d48643';
  const report = `/indexer/api/v1/index_report/${image.manifest}`;
  const calls: [string, string, number][] = [
    ['GET', '/indexer/api/v1/index_state', 200],
    ['GET', report, 404],
    ['GET', `/matcher/api/v1/vulnerability_report/${image.manifest}`, 404],
    ['GET', `/notifier/api/v1/notification/${id}`, 200],
    ['GET', `/notifier/api/v1/notification/${id}?next=${id}`, 200],
    ['DELETE', `/notifier/api/v1/notification/nothing`, 400],
    ['DELETE', report, 204],
    // Not Quay's, but Clair's.
    ['HEAD', report, 405],
    ['PUT', '/indexer/api/v1/index_report', 405],
    // Not Clair's API.
    ['GET', '/metrics', 404],
    ['GET', '/', 404],
    ['GET', '/indexer/', 404],
  ];
  try {
    for (const [method, path, status] of calls)
      assert.equal((await callClair(app.secscanUrl, method, path)).status, status, `${method} ${path}`);
    // Clair would redirect, a proxy in front of it might follow.
    for (const target of ['/indexer/../metrics', '/indexer/%2e%2e/metrics'])
      assert.equal((await askHealth(app.secscanUrl, target)).status, 404, target);
    assert.deepEqual(JSON.parse((await callClair(app.secscanUrl, 'GET', '/metrics')).text), {
      code: 'not-found',
      message: 'only the indexer, matcher and notifier are served here',
    });
    assert.deepEqual(callsOf(await app.samples()), {
      'GET IndexState 200': 1,
      'GET GetIndexReport 404': 1,
      'GET GetVulnerabilityReport 404': 1,
      'GET GetNotification 200': 2,
      'DELETE DeleteNotification 400': 1,
      'DELETE DeleteIndexReport 204': 1,
    });
    assert.ok(!clair.calls.some(({ target }) => target.endsWith('/metrics') || target === '/'));
  } finally {
    await app.stop();
  }
});

test('only the first result of a manifest that was pushed and not yet scanned is observed', async () => {
  const [fresh, scanned, untagged, failing, shared] = makeImages(5, Date.now() - PUSHED_AGO_MS, 'results');
  assert.ok(fresh && scanned && untagged && failing && shared);
  await insertImages(postgres, [fresh, scanned, untagged, failing, shared]);
  await insertImages(postgres, [shared], 'acme/copy');
  await markScanned(postgres, [scanned.manifest], 3600);
  await postgres.query('DELETE FROM tag WHERE name = $1', [untagged.manifest]);
  const [unknown] = makeImages(1, 0, 'nowhere');
  assert.ok(unknown);
  const app = await run();
  try {
    for (const image of [fresh, fresh, scanned, untagged, unknown]) await index(app.secscanUrl, image);
    clair.trouble = () => ({ kind: 'answers', answer: { status: 201, body: { state: 'IndexError' } } });
    await index(app.secscanUrl, failing);
    clair.trouble = () => undefined;
    let samples = await settled(app, 5);
    assert.deepEqual(resultsOf(samples), {
      observed: 1,
      already_counted: 1,
      already_scanned: 1,
      no_push_time: 1,
      unknown_manifest: 1,
    });
    // Python observes 0 for a layer whose size it does not know.
    assert.deepEqual(layersOf(samples), { found: 20, unknown: 4 });
    assert.equal(histogramOf(samples, SIZES).count, 24);
    // Quay submits a digest once for each repository that has it; whoever only looks takes none of them away.
    const path = `/indexer/api/v1/index_report/${shared.manifest}`;
    await index(app.secscanUrl, shared);
    await callClair(app.secscanUrl, 'GET', path);
    await index(app.secscanUrl, shared);
    await index(app.secscanUrl, shared);
    samples = await settled(app, 9);
    assert.deepEqual(resultsOf(samples), {
      observed: 3,
      already_counted: 3,
      already_scanned: 1,
      no_push_time: 1,
      unknown_manifest: 1,
    });
    assert.equal(histogramOf(samples, RESULTS).count, 3);
  } finally {
    clair.trouble = () => undefined;
    await app.stop();
  }
});

test('a report that is looked at counts as a result if nobody has counted the first one', async () => {
  const [image] = makeImages(1, Date.now() - PUSHED_AGO_MS, 'looked at');
  assert.ok(image);
  await insertImages(postgres, [image]);
  await index(clair.url, image);
  const app = await run();
  try {
    const path = `/indexer/api/v1/index_report/${image.manifest.replace(':', '%3A')}`;
    for (let times = 0; times < 2; times += 1)
      assert.equal((await callClair(app.secscanUrl, 'GET', path)).status, 200);
    assert.deepEqual(resultsOf(await settled(app, 2)), { observed: 1, already_counted: 1 });
  } finally {
    await app.stop();
  }
});

test('calls that Python owns are forwarded as they are, and not counted', async () => {
  const images = makeImages(20, Date.now() - PUSHED_AGO_MS, 'python');
  await insertImages(postgres, images);
  const app = await runSecscan({ clairUrl: clair.url, owner: 'python', postgres, redis });
  try {
    clair.calls.length = 0;
    for (const image of images) assert.equal((await index(app.secscanUrl, image)).status, 201);
    assert.equal(clair.calls.length, 20);
    assert.match(String(clair.calls[0]?.headers['accept-encoding']), /gzip/);
    assert.equal(clair.calls[0]?.headers.host, new URL(clair.url).host);
    const samples = await app.samples();
    assert.deepEqual(callsOf(samples), {});
    assert.deepEqual([layersOf(samples), resultsOf(samples)], [{}, {}]);
    assert.deepEqual(histogramOf(samples, SIZES), { sum: 0, count: 0 });
  } finally {
    await app.stop();
  }
});
