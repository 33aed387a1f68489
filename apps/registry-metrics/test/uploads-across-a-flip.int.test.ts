import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createRedis } from '@quay-observability/redis';
import {
  startRedis,
  startRegistry,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape } from './samples.ts';

const TO_PYTHON = {};
const PUSH_TO_GO = { ROUTE_OWNER_CAP_V2_PUSH: 'go' };
const FAMILY_TO_GO = { ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go' };
const CHUNK_BYTES = 300_000;
const file = createSwitchFile();

let redis: Server;
let python: Server;
let go: Server;
let apps: RunningApp[];

// Each runtime has a storage of its own: an upload that reached the other one would be unknown there.
before(async () => {
  [redis, python, go] = await Promise.all([startRedis(), startRegistry(), startRegistry()]);
  const runtimes = { pythonUrl: python.url, goUrl: go.url, redis };
  apps = await Promise.all([runRoutingApp(runtimes, file), runRoutingApp(runtimes, file)]);
});

after(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await Promise.all([redis, python, go].map((server) => server.stop()));
});

beforeEach(() => file.publish(TO_PYTHON, { to: apps }));

function app(index: number): RunningApp {
  const found = apps[index];
  assert.ok(found !== undefined);
  return found;
}

/** A push in chunks: each step may go through another replica. */
async function startUpload(through: RunningApp) {
  const blob = randomBytes(3 * CHUNK_BYTES);
  const digest = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
  const started = await fetch(`${through.url}/v2/devtable/simple/blobs/uploads/`, { method: 'POST' });
  assert.equal(started.status, 202);
  let location = new URL(started.headers.get('location') ?? '');
  let sent = 0;
  const at = (replica: RunningApp): URL => new URL(location.pathname + location.search, replica.url);
  return {
    digest,
    chunk: async (replica: RunningApp): Promise<number> => {
      const end = sent + CHUNK_BYTES;
      const answer = await fetch(at(replica), {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/octet-stream', 'Content-Range': `${sent}-${end - 1}` },
        body: blob.subarray(sent, end),
      });
      await answer.arrayBuffer();
      if (answer.status !== 202) return answer.status;
      sent = end;
      location = new URL(answer.headers.get('location') ?? '', location);
      return answer.status;
    },
    finish: async (replica: RunningApp): Promise<number> => {
      const target = at(replica);
      target.searchParams.set('digest', digest);
      return (await fetch(target, { method: 'PUT' })).status;
    },
  };
}

async function has(registry: Server, digest: string): Promise<boolean> {
  const url = `${registry.url}/v2/devtable/simple/blobs/${digest}`;
  return (await fetch(url, { method: 'HEAD' })).status === 200;
}

async function redisKeys(): Promise<string[]> {
  const connection = createRedis({
    settings: { host: '127.0.0.1', port: redis.port, db: 0, connectTimeoutMs: 2000, commandTimeoutMs: 2000 },
    name: 'test',
  });
  await connection.whenReady(2000);
  const keys = await connection.client.keys('*');
  await connection.close();
  return keys;
}

const pins = async (replica: RunningApp, outcome: string): Promise<number> =>
  (await scrape(replica.adminUrl)).get(`quay_gateway_upload_pins_total{outcome="${outcome}"}`) ?? 0;

for (const [what, flipped] of [
  ['V2_PUSH', PUSH_TO_GO],
  ['the family', FAMILY_TO_GO],
] as const) {
  test(`an upload that begins before a flip of ${what} ends after it, where it began`, async () => {
    const upload = await startUpload(app(0));
    assert.equal(await upload.chunk(app(0)), 202);
    await file.publish(flipped, { to: apps });
    assert.equal(await upload.chunk(app(0)), 202);
    assert.equal(await upload.chunk(app(1)), 202, 'another replica learns it from Redis');
    assert.equal(await upload.finish(app(1)), 201);
    assert.deepEqual([await has(python, upload.digest), await has(go, upload.digest)], [true, false]);

    const later = await startUpload(app(1));
    assert.equal(await later.chunk(app(0)), 202);
    assert.equal(await later.chunk(app(0)), 202);
    assert.equal(await later.chunk(app(1)), 202);
    assert.equal(await later.finish(app(0)), 201);
    assert.deepEqual([await has(python, later.digest), await has(go, later.digest)], [false, true]);
  });
}

test('the kill switch lets an upload end with the new runtime, which counts it; no decision is told that was not taken', async () => {
  await file.publish(PUSH_TO_GO, { to: apps });
  const upload = await startUpload(app(0));
  await file.publish(PUSH_TO_GO, { to: apps, forcePython: true });
  const chunks =
    'quay_request_duration_seconds_count{method="PATCH",route="v2.upload_chunk",status="202",namespace_name="other"}';
  const decided = 'quay_switch_owner_decision_total{capability="V2_PUSH",owner="python",source="force"}';
  const counted = async (): Promise<number[]> => {
    const samples = await scrape(app(0).adminUrl);
    return [chunks, decided].map((name) => samples.get(name) ?? 0);
  };
  const [chunksBefore = 0, decidedBefore = 0] = await counted();
  for (let piece = 0; piece < 3; piece += 1) assert.equal(await upload.chunk(app(0)), 202);
  assert.equal(await upload.finish(app(0)), 201);
  assert.ok(await has(go, upload.digest));
  assert.deepEqual(await counted(), [chunksBefore + 3, decidedBefore]);
});

test('a finished upload leaves no pin behind', async () => {
  const upload = await startUpload(app(0));
  const keys = async (): Promise<string> => (await redisKeys()).join();
  assert.match(await keys(), /^quay_switch:upload:[0-9a-f-]{36}$/);
  for (let piece = 0; piece < 3; piece += 1) await upload.chunk(app(piece % 2));
  assert.equal(await upload.finish(app(1)), 201);
  await waitUntil('an empty Redis', async () => (await keys()) === '');
});

test('with Redis gone an upload ends through the replica that knows it, and new ones are well', async () => {
  const upload = await startUpload(app(0));
  assert.equal(await upload.chunk(app(0)), 202);
  await redis.kill();
  try {
    await file.publish(PUSH_TO_GO, { to: apps });
    assert.equal(await upload.chunk(app(0)), 202);
    const failedBefore = await pins(app(1), 'redis_failed');
    assert.equal(await upload.chunk(app(1)), 404, 'a replica that cannot know it asks the owner of today');
    assert.equal(await pins(app(1), 'redis_failed'), failedBefore + 1);
    assert.equal(await upload.chunk(app(0)), 202);
    assert.equal(await upload.finish(app(0)), 201);
    assert.ok(await has(python, upload.digest));
    const begun = await startUpload(app(1));
    for (let piece = 0; piece < 3; piece += 1) assert.equal(await begun.chunk(app(1)), 202);
    assert.equal(await begun.finish(app(1)), 201);
    assert.ok(await has(go, begun.digest));
    const ready = await fetch(`${app(0).adminUrl}/readyz?verbose`);
    assert.equal(ready.status, 200);
    assert.match(await ready.text(), /\[!\]redis \(USER_EVENTS_REDIS\) degraded/);
  } finally {
    await redis.restart();
  }
});
