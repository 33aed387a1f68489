import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
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
import { insertImages, makeImages, type Image } from './images.ts';
import { runPythonClient } from './python-client.ts';
import { runSecscan, type RunningSecscan } from './run-secscan.ts';
import { callsOf, errorsOf, histogramOf, layersOf, resultsOf, type Samples } from './samples.ts';

const STATE = '/indexer/api/v1/index_state';
const PSK = Buffer.from('the key that Quay and Clair have in common').toString('base64');
const ANSWER_SECONDS = 2;

let postgres: PostgresServer;
let redis: Server;
let clair: TestClair;
let app: RunningSecscan;

before(async () => {
  [postgres, redis, clair] = await Promise.all([
    startPostgres({ schema: true }),
    startRedis(),
    startTestClair(),
  ]);
  const env = { SECSCAN_ANSWER_TIMEOUT_SECONDS: String(ANSWER_SECONDS), SECSCAN_BODY_TIMEOUT_SECONDS: '3' };
  app = await runSecscan({ clairUrl: clair.url, postgres, redis, env });
});

afterEach(() => {
  clair.trouble = () => undefined;
});

after(async () => {
  await Promise.all([app.stop(), clair.close(), redis.stop(), postgres.stop()]);
});

async function pushed(name: string): Promise<Image> {
  const [image] = makeImages(1, Date.now() - 100_000, name);
  assert.ok(image);
  await insertImages(postgres, [image]);
  return image;
}

/** By how much each count has risen since. */
function rise(since: Record<string, number>, now: Record<string, number>): Record<string, number> {
  const risen = Object.entries(now).map(([name, value]) => [name, value - (since[name] ?? 0)] as const);
  return Object.fromEntries(risen.filter(([, value]) => value !== 0));
}

async function until(what: string, holds: (samples: Samples) => boolean): Promise<Samples> {
  let samples: Samples = new Map();
  await waitUntil(what, async () => {
    samples = await app.samples();
    return holds(samples);
  });
  return samples;
}

test('a Clair that hangs, hangs up or breaks off: an answer in its form, an error counted, nothing recorded', async () => {
  const image = await pushed('trouble');
  const start = await app.samples();
  const errorForm = (text: string): string => {
    const { code, message, ...rest } = JSON.parse(text) as { code: string; message: string };
    assert.deepEqual([code, rest], ['internal-error', {}]);
    return message;
  };
  clair.trouble = () => ({ kind: 'hangs' });
  const [late, lateState] = await Promise.all([
    index(app.secscanUrl, image),
    callClair(app.secscanUrl, 'GET', STATE),
  ]);
  assert.deepEqual([late.status, errorForm(late.text)], [504, 'Clair did not answer in time']);
  assert.equal(lateState.status, 504);
  clair.trouble = () => ({ kind: 'hangs up' });
  for (const call of [await index(app.secscanUrl, image), await callClair(app.secscanUrl, 'GET', STATE)]) {
    assert.equal(call.status, 502);
    assert.equal(errorForm(call.text), 'Clair cannot be reached, or did not give a valid answer');
  }
  clair.trouble = () => ({ kind: 'breaks off' });
  await assert.rejects(index(app.secscanUrl, image));
  await assert.rejects(callClair(app.secscanUrl, 'GET', STATE));
  const samples = await until('six errors', (now) => {
    const errors = Object.values(rise(errorsOf(start), errorsOf(now))).reduce((sum, each) => sum + each, 0);
    return errors === 6 && now.get('quay_secscan_lookup_queue_length') === 0;
  });
  assert.deepEqual(rise(errorsOf(start), errorsOf(samples)), { timeout: 2, reset: 4 });
  assert.deepEqual(rise(callsOf(start), callsOf(samples)), {
    // What Python's client would have read, it would have counted; the gateway's own words it has from the gateway.
  });
  assert.deepEqual(rise(resultsOf(start), resultsOf(samples)), {});
  // Python observes the layers before it asks.
  assert.deepEqual(rise(layersOf(start), layersOf(samples)), { found: 12 });
});

test('a slow Clair is waited for, and the time is counted', async () => {
  const image = await pushed('slow');
  const sum = 'quay_secscan_request_duration_seconds_sum{method="POST",action="Index",status="201"}';
  const start = await app.samples();
  clair.trouble = () => ({ kind: 'is slow', ms: 700 });
  assert.equal((await index(app.secscanUrl, image)).status, 201);
  const samples = await until('the result', (now) => rise(resultsOf(start), resultsOf(now)).observed === 1);
  assert.ok((samples.get(sum) ?? 0) - (start.get(sum) ?? 0) >= 0.69);
});

test('what Clair compresses unasked reaches the client as it is, and its state is not known', async () => {
  const image = await pushed('compressed');
  const start = await app.samples();
  clair.trouble = () => ({ kind: 'compresses' });
  const { text } = await index(app.secscanUrl, image);
  assert.equal((JSON.parse(text) as { state: string }).state, 'IndexFinished');
  clair.trouble = () => undefined;
  await index(app.secscanUrl, image);
  const samples = await until('the results', (now) => rise(resultsOf(start), resultsOf(now)).observed === 1);
  assert.deepEqual(rise(resultsOf(start), resultsOf(samples)), { unreadable: 1, observed: 1 });
  assert.equal(clair.calls.at(-1)?.headers['accept-encoding'], 'identity');
});

test('without Redis a result is lost and counted so, never twice; the next look at it counts', async () => {
  const image = await pushed('no Redis');
  const start = await app.samples();
  await redis.kill();
  assert.equal((await index(app.secscanUrl, image)).status, 201);
  const lost = await until('the loss', (now) => rise(resultsOf(start), resultsOf(now)).redis_failed === 1);
  assert.deepEqual(rise(resultsOf(start), resultsOf(lost)), { redis_failed: 1 });
  assert.equal(
    histogramOf(lost, 'quay_secscan_result_duration_seconds').count,
    histogramOf(start, 'quay_secscan_result_duration_seconds').count,
  );
  await redis.restart();
  await waitUntil('Redis', async () =>
    (await (await fetch(`${app.adminUrl}/readyz?verbose`)).text()).includes(
      '[+]redis (USER_EVENTS_REDIS) ok',
    ),
  );
  await index(app.secscanUrl, image);
  await index(app.secscanUrl, image);
  const samples = await until(
    'the results',
    (now) => rise(resultsOf(lost), resultsOf(now)).already_counted === 1,
  );
  assert.deepEqual(rise(resultsOf(lost), resultsOf(samples)), { observed: 1, already_counted: 1 });
});

test('without the database calls go on, and what could not be looked up is counted', async () => {
  const image = await pushed('no database');
  const start = await app.samples();
  await postgres.kill();
  assert.equal((await index(app.secscanUrl, image)).status, 201);
  const lost = await until('the loss', (now) => rise(layersOf(start), layersOf(now)).database_failed === 4);
  assert.deepEqual(rise(callsOf(start), callsOf(lost)), { 'POST Index 201': 1 });
  await postgres.restart();
  await waitUntil('the database', async () => {
    await index(app.secscanUrl, image);
    return rise(resultsOf(lost), resultsOf(await app.samples())).observed === 1;
  });
});

test('hostile requests: Clair refuses them, the gateway only counts what it cannot read', async () => {
  const start = await app.samples();
  const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;
  const many = Array.from({ length: 60_000 }, (_, n) => ({ hash: digest(n), uri: 'u'.repeat(100) }));
  const post = async (body: string): Promise<number> =>
    (await callClair(app.secscanUrl, 'POST', '/indexer/api/v1/index_report', { body })).status;
  assert.equal(await post('not JSON at all'), 400);
  assert.equal(await post('{"hash":"a","layers":[{"hash":"a"},{"hash":"b"}'), 400);
  assert.equal(await post(`{"layers":${'['.repeat(2_000_000)}`), 400);
  assert.equal(await post(`{"hash":"${'x'.repeat(5_000_000)}","layers":[{}]}`), 400);
  const large = JSON.stringify({ hash: digest(1), layers: many });
  assert.ok(large.length > 10_000_000);
  assert.equal(await post(large), 201);
  const samples = await until('the layers', (now) => rise(layersOf(start), layersOf(now)).unknown === 10_000);
  assert.deepEqual(rise(layersOf(start), layersOf(samples)), { unknown: 10_000, unreadable: 50_002 });
  assert.deepEqual(rise(callsOf(start), callsOf(samples)), { 'POST Index 400': 4, 'POST Index 201': 1 });
});

test('a Clair that is down: Quay sees 502 where it saw a broken connection, and works again with Clair', async () => {
  const port = Number(new URL(clair.url).port);
  const start = await app.samples();
  await clair.close();
  const steps = [{ do: 'state' }] as const;
  const direct = await runPythonClient({ endpoint: clair.url, psk: PSK, database: null, steps });
  assert.deepEqual([direct.outcomes, callsOf(direct.samples)], [['ConnectionError'], {}]);
  const through = await runPythonClient({ endpoint: app.secscanUrl, psk: PSK, database: null, steps });
  assert.deepEqual(through.outcomes, [502]);
  assert.match(
    await (await fetch(`${app.adminUrl}/readyz?verbose`)).text(),
    /\[!\]clair degraded: Clair at http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/,
  );
  const samples = await app.samples();
  assert.deepEqual(rise(callsOf(start), callsOf(samples)), {});
  assert.deepEqual(rise(errorsOf(start), errorsOf(samples)), { connect: 1 });
  clair = await startTestClair({ port });
  assert.equal((await callClair(app.secscanUrl, 'GET', STATE)).status, 200);
});

test('nothing that is secret has reached the log', async () => {
  const image = await pushed('secrets');
  await index(app.secscanUrl, image, 'token-secret');
  clair.trouble = () => ({ kind: 'hangs up' });
  await index(app.secscanUrl, image, 'token-secret');
  await callClair(app.secscanUrl, 'GET', `/notifier/api/v1/notification/x?next=query-secret`, {
    token: 'token-secret',
  });
  const log = app.process.log();
  assert.match(log, /A call to Clair failed/);
  assert.doesNotMatch(log, /-secret/);
});
