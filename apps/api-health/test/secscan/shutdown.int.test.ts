import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import {
  startPostgres,
  startRedis,
  startTestClair,
  waitUntil,
  type PostgresServer,
  type Server,
  type TestClair,
} from '@quay-observability/testkit';
import { callClair, index } from './clair-client.ts';
import { insertImages, makeImages } from './images.ts';
import { runInProcess } from './run-in-process.ts';
import { runSecscan } from './run-secscan.ts';
import { callsOf, histogramOf, layersOf, resultsOf } from './samples.ts';

const CALLS = 60;

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

/** Images, and their calls, all of them with Clair. */
async function underWay(url: string, name: string) {
  const images = makeImages(CALLS, Date.now() - 100_000, name);
  await insertImages(postgres, images);
  clair.calls.length = 0;
  clair.trouble = () => ({ kind: 'is slow', ms: 1000 });
  const calls = images.map((image) => index(url, image));
  await waitUntil('the calls', () => Promise.resolve(clair.calls.length === CALLS));
  return { images, calls };
}

/** Makes whoever reads Quay's tables wait; resolves to what ends that. */
async function lockTables(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: postgres.uri });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE manifest, imagestorage IN ACCESS EXCLUSIVE MODE');
  return () => client.end();
}

test('closing under load: every call is answered, and everything it counts is counted', async () => {
  const gateway = await runInProcess(clair.url, { postgres, redis });
  const { images, calls } = await underWay(gateway.url, 'closed');
  await gateway.close();
  const answers = await Promise.all(calls);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  const samples = await gateway.samples();
  assert.deepEqual(callsOf(samples), { 'POST Index 201': CALLS });
  assert.deepEqual(layersOf(samples), { found: CALLS * 4 });
  assert.deepEqual(resultsOf(samples), { observed: CALLS });
  assert.deepEqual(histogramOf(samples, 'quay_secscan_index_layer_size_bytes'), {
    sum: images.flatMap(({ layers }) => layers).reduce((sum, { bytes }) => sum + bytes, 0),
    count: CALLS * 4,
  });
  assert.equal(samples.get('quay_secscan_lookup_queue_length'), 0);
  await assert.rejects(callClair(gateway.url, 'GET', '/indexer/api/v1/index_state'));
  assert.equal(await gateway.dispose(), '');
});

test('closing with a database that hangs: what is left is given up and counted', async () => {
  const gateway = await runInProcess(clair.url, { postgres, redis });
  const unlock = await lockTables();
  try {
    const [image] = makeImages(1, Date.now(), 'hanging');
    assert.ok(image);
    clair.trouble = () => undefined;
    assert.equal((await index(gateway.url, image)).status, 201);
    const start = performance.now();
    await gateway.close();
    assert.ok(performance.now() - start < 9000);
    const samples = await gateway.samples();
    assert.deepEqual([layersOf(samples), resultsOf(samples)], [{ shutdown: 4 }, { shutdown: 1 }]);
    assert.deepEqual(callsOf(samples), { 'POST Index 201': 1 });
  } finally {
    await unlock();
    await gateway.dispose();
  }
});

test('SIGTERM under load: every call is answered, and the process ends by itself', async () => {
  const app = await runSecscan({ clairUrl: clair.url, postgres, redis });
  const { calls } = await underWay(app.secscanUrl, 'terminated');
  const stopped = app.stop();
  const answers = await Promise.all(calls);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  await stopped;
  assert.deepEqual(app.process.exit(), { code: 0, signal: null });
});
