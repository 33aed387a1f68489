import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { RouteOwner } from '@quay-observability/owner-switch';
import { startHttpSpan } from '@quay-observability/tracing';
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
import { runInProcess } from './run-in-process.ts';
import { callsOf, histogramOf, layersOf, resultsOf } from './samples.ts';

const STATE = '/indexer/api/v1/index_state';

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

afterEach(() => {
  clair.trouble = () => undefined;
});

after(async () => {
  await Promise.all([clair.close(), redis.stop(), postgres.stop()]);
});

async function pushed(name: string): Promise<Image> {
  const [image] = makeImages(1, Date.now() - 100_000, name);
  assert.ok(image);
  await insertImages(postgres, [image]);
  return image;
}

test('layers that find no room in the queue are counted as lost; what has room is measured', async () => {
  const image = await pushed('no room');
  const gateway = await runInProcess(clair.url, { postgres, redis, env: { SECSCAN_LOOKUP_QUEUE_SIZE: '3' } });
  try {
    assert.equal((await index(gateway.url, image)).status, 201);
    await gateway.close();
    const samples = await gateway.samples();
    assert.deepEqual([layersOf(samples), resultsOf(samples)], [{ queue_full: 4 }, { observed: 1 }]);
    assert.equal(histogramOf(samples, 'quay_secscan_index_layer_size_bytes').count, 0);
  } finally {
    await gateway.dispose();
  }
});

test('beyond the limit of calls at a time there is a 503 in the form of Clair, and nothing is counted', async () => {
  const gateway = await runInProcess(clair.url, {
    postgres,
    redis,
    env: { SECSCAN_MAX_CONCURRENT_REQUESTS: '1' },
  });
  try {
    clair.calls.length = 0;
    clair.trouble = () => ({ kind: 'is slow', ms: 500 });
    const first = callClair(gateway.url, 'GET', STATE);
    await waitUntil('the first call', () => Promise.resolve(clair.calls.length === 1));
    const second = await callClair(gateway.url, 'GET', STATE);
    const { code, message } = JSON.parse(second.text) as { code: string; message: string };
    assert.deepEqual([second.status, code], [503, 'internal-error']);
    assert.match(message, /too many requests/);
    assert.equal((await first).status, 200);
    assert.deepEqual(callsOf(await gateway.samples()), { 'GET IndexState 200': 1 });
  } finally {
    await gateway.close();
    await gateway.dispose();
  }
});

test('the switch decides each call as it arrives, by the capability alone', async () => {
  const image = await pushed('switched');
  let owner: RouteOwner = 'python';
  const questions: unknown[] = [];
  const gateway = await runInProcess(clair.url, {
    postgres,
    redis,
    ownerOf: (question) => {
      questions.push([
        question.family,
        question.method,
        question.endpoint,
        question.repository,
        question.user,
      ]);
      return owner;
    },
  });
  try {
    await index(gateway.url, image);
    owner = 'go';
    await index(gateway.url, image);
    clair.trouble = () => ({ kind: 'is slow', ms: 300 });
    const underWay = callClair(gateway.url, 'GET', STATE);
    await waitUntil('the call', () => Promise.resolve(clair.calls.at(-1)?.target === STATE));
    owner = 'python';
    await underWay;
    await gateway.close();
    const samples = await gateway.samples();
    assert.deepEqual(callsOf(samples), { 'POST Index 201': 1, 'GET IndexState 200': 1 });
    assert.deepEqual([layersOf(samples), resultsOf(samples)], [{ found: 4 }, { observed: 1 }]);
    assert.deepEqual(questions[0], ['SECSCAN', 'POST', undefined, undefined, undefined]);
    assert.equal(questions.length, 3);
  } finally {
    await gateway.dispose();
  }
});

test('a call is a span of its own, named by its action, and Clair is told of it', async () => {
  const image = await pushed('traced');
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const told: unknown[] = [];
  const gateway = await runInProcess(clair.url, {
    postgres,
    redis,
    startSpan: (start) => ({
      // Of a process that traces nothing.
      ...startHttpSpan(start),
      traceparentHeaders: { traceparent },
      setRoute: (route) => told.push([start.method, start.path, route]),
      setStatus: (status) => told.push(status),
      end: () => told.push('end'),
    }),
  });
  try {
    await index(gateway.url, image);
    await gateway.close();
    assert.deepEqual(told, [['POST', '/indexer/api/v1/index_report', 'Index'], 201, 'end']);
    assert.equal(clair.calls.at(-1)?.headers.traceparent, traceparent);
  } finally {
    await gateway.dispose();
  }
});
