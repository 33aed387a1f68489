import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { RedisConnection } from '@quay-observability/redis';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createProcessRegister } from '../src/processes/process-register.ts';
import type { ProcessReport } from '../src/processes/process-report.ts';
import { createProcessStore } from '../src/processes/process-store.ts';
import { createProcessSharing } from '../src/processes/share-processes.ts';
import { connectRedis } from './connect-redis.ts';

const KEY = 'quay_switch:processes';

let redis: Server;
let connection: RedisConnection;
before(async () => {
  redis = await startRedis({ persistent: true });
  connection = await connectRedis(redis);
});
afterEach(() => connection.client.del(KEY));
after(async () => {
  await connection.close();
  await redis.stop();
});

function report(name: string, pid = 1, host = 'h'): ProcessReport {
  return { id: `${name}@${host}:${pid}`, name, host, pid, version: 7, phase: 'fresh', ageSeconds: 0 };
}

/** One replica, whose register has a clock that can be put forward. */
function replica() {
  let aheadMs = 0;
  const register = createProcessRegister({ now: () => Date.now() + aheadMs });
  const sharing = createProcessSharing({
    register,
    store: createProcessStore(connection),
    publishedAtMs: () => undefined,
    observe: () => undefined,
    tell: { failed: () => undefined, recovered: () => undefined },
  });
  const later = (ms: number) => (aheadMs += ms);
  return { register, share: sharing.refresh, later };
}

const stored = async () => (await connection.client.hkeys(KEY)).sort();

test('records of processes that ended while no replica ran stayed in Redis for ever', async () => {
  const { register, share } = replica();
  register.reported(report('gc-worker'));
  await share();
  const text = (await connection.client.hget(KEY, 'gc-worker@h:1')) ?? '';
  const old = {
    ...(JSON.parse(text) as Record<string, unknown>),
    id: 'old@h:1',
    lastSeenMs: Date.now() - 3_600_000,
  };
  await connection.client.hset(KEY, 'old@h:1', JSON.stringify(old), 'odd@h:1', 'no record');
  await connection.client.hset(KEY, 'other@h:1', text);
  await replica().share();
  assert.deepEqual(await stored(), ['gc-worker@h:1']);
});

test('processes that gave way to others stayed in Redis for ever', async () => {
  const { register, share, later } = replica();
  for (let pid = 1; pid <= 100; pid += 1) register.reported(report('flood', pid));
  await share();
  assert.equal((await stored()).length, 100);
  later(31_000);
  for (let pid = 101; pid <= 300; pid += 1) register.reported(report('flood', pid));
  await share();
  const ids = await stored();
  assert.equal(ids.length, 100);
  assert.ok(ids.includes('flood@h:200') && !ids.includes('flood@h:1'));
});

test('processes that were forgotten while Redis was away stayed in it for ever', async () => {
  const { register, share, later } = replica();
  register.reported(report('gc-worker'));
  await share();
  await redis.kill();
  later(600_001);
  register.reported(report('api-health'));
  await assert.rejects(share());
  await redis.restart();
  await waitUntil('Redis to be there again', () =>
    share().then(
      () => true,
      () => false,
    ),
  );
  assert.deepEqual(await stored(), ['api-health@h:1']);
});

test('a process that polls again after it was forgotten is there', async () => {
  const { register, share, later } = replica();
  register.reported(report('gc-worker'));
  await share();
  later(600_001);
  register.forgetSilent();
  register.reported(report('gc-worker'));
  await share();
  assert.deepEqual(await stored(), ['gc-worker@h:1']);
});
