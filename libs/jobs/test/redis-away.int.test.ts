import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, waitUntil } from '@quay-observability/testkit';
import { createReplica, PREFIX, PROGRAM, type Replica } from './start-replica.ts';

type SetUp = { everyMs?: number; args?: string[]; alsoWithoutQueue?: boolean };

/** A Redis of the test's own, and a replica that ticks quickly. */
async function setUp(
  context: TestContext,
  { everyMs = 200, args = [], alsoWithoutQueue = false }: SetUp = {},
) {
  const redis = await startRedis({ args });
  let ticks = 0;
  const replica = createReplica({
    redisPort: redis.port,
    everyMs,
    timing: { silenceMs: 15_000 },
    alsoWithoutQueue,
    run: () => {
      ticks += 1;
      return Promise.resolve();
    },
  });
  context.after(async () => {
    redis.signal('SIGCONT');
    await replica.close();
    await redis.stop();
  });
  return { redis, replica, ticks: () => ticks };
}

/** The lines of the job, without those of the connection. */
const told = (replica: Replica) => replica.messages.filter((line) => line.includes('schedule of'));

async function goesOn(ticks: () => number): Promise<void> {
  const before = ticks();
  await waitUntil('a further tick', () => ticks() > before + 1, { timeoutMs: 30_000 });
}

test('away at the start: it waits, says so once, and begins when Redis is there', async (context) => {
  const { redis, replica, ticks } = await setUp(context);
  await redis.kill();
  await replica.start();
  await waitUntil('the log', () => told(replica).length === 1);
  await pause(1500);
  assert.equal(ticks(), 0);
  assert.equal(told(replica).length, 1);
  await redis.restart();
  await goesOn(ticks);
  assert.match(told(replica)[1] ?? '', /goes on/);
  assert.equal(told(replica).length, 2);
});

test('away in the middle, and back without its data: the schedule is written again', async (context) => {
  const { redis, replica, ticks } = await setUp(context);
  await replica.start();
  await goesOn(ticks);
  for (let outage = 0; outage < 2; outage += 1) {
    await redis.kill();
    await pause(1200);
    assert.equal(await replica.sample('quay_job_queue_jobs'), undefined);
    await redis.restart();
    await goesOn(ticks);
  }
  assert.ok(told(replica).length <= 4, told(replica).join(''));
  assert.equal(replica.redis.state(), 'ready');
});

test('data that vanish while everybody is connected are noticed', async (context) => {
  const { replica, ticks } = await setUp(context);
  await replica.start();
  await goesOn(ticks);
  await replica.redis.client.flushall();
  await goesOn(ticks);
  assert.equal(await replica.redis.client.hget(`${PREFIX}:${PROGRAM}:meta`, 'concurrency'), '1');
});

test('frozen, and back: it goes on; a long outage is made good by one run', async (context) => {
  const { redis, replica, ticks } = await setUp(context, { everyMs: 1000 });
  await replica.start();
  await goesOn(ticks);
  redis.signal('SIGSTOP');
  await pause(4500);
  const before = ticks();
  redis.signal('SIGCONT');
  const backAt = performance.now();
  await waitUntil('a tick', () => ticks() > before, { timeoutMs: 40_000 });
  const firstAt = performance.now();
  await pause(2000);
  const caughtUp = ticks() - before;
  const possible = 2 + Math.ceil((performance.now() - firstAt) / 1000);
  assert.ok(caughtUp <= possible, `${caughtUp} ticks, ${possible} are possible`);
  assert.ok(firstAt - backAt < 30_000);
});

test('a stop is bounded while Redis is frozen: in a wait, in a run, and when it never came up', async (context) => {
  const { redis, replica, ticks } = await setUp(context, { everyMs: 3_600_000 });
  await replica.start();
  await waitUntil('the first tick', () => ticks() === 1);
  await pause(200);
  redis.signal('SIGSTOP');
  const begun = performance.now();
  await replica.stop();
  assert.ok(performance.now() - begun < 8000, `${performance.now() - begun} ms`);
  await replica.start();
  await pause(500);
  const again = performance.now();
  await replica.stop();
  assert.ok(performance.now() - again < 8000, `${performance.now() - again} ms`);
});

test('a stop is bounded while Redis is frozen under a run, which is recovered later', async (context) => {
  const redis = await startRedis();
  let begun = 0;
  let isQuick = false;
  const replica = createReplica({
    redisPort: redis.port,
    everyMs: 3_600_000,
    graceMs: 100,
    run: async (signal) => {
      begun += 1;
      if (!isQuick) await pause(60_000, undefined, { signal });
    },
  });
  context.after(async () => {
    redis.signal('SIGCONT');
    await replica.close();
    await redis.stop();
  });
  await replica.start();
  await waitUntil('the run', () => begun === 1);
  redis.signal('SIGSTOP');
  const stoppedAt = performance.now();
  await replica.stop();
  assert.ok(performance.now() - stoppedAt < 10_000, `${performance.now() - stoppedAt} ms`);
  redis.signal('SIGCONT');
  isQuick = true;
  await replica.start();
  await waitUntil('the run', () => begun === 2, { timeoutMs: 40_000 });
});

test('idle replicas hardly ask, and a Redis that refuses is not asked without end', async (context) => {
  const { replica, ticks } = await setUp(context, { everyMs: 3_600_000 });
  await replica.start();
  await waitUntil('the first tick', () => ticks() === 1);
  await pause(500);
  const { client } = replica.redis;
  const asked = async () => Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  const before = await asked();
  await pause(3000);
  // Two looks in a second for dead runs, two at the schedule, each of some commands.
  assert.ok((await asked()) - before < 150, `${(await asked()) - before} commands`);
  // Every write is refused from here on.
  await client.replicaof('127.0.0.1', '1');
  const refused = await asked();
  const linesBefore = replica.messages.length;
  await pause(3000);
  assert.ok((await asked()) - refused < 600, `${(await asked()) - refused} commands`);
  assert.ok(replica.messages.length - linesBefore <= 2, replica.messages.join(''));
  await client.replicaof('NO', 'ONE');
  await client.flushall();
  await goesOn(() => ticks() * 2);
});

for (const alsoWithoutQueue of [false, true])
  test(`full: work that ${alsoWithoutQueue ? 'can do without the queue goes on' : 'needs the queue waits'}`, async (context) => {
    const { replica, ticks } = await setUp(context, { alsoWithoutQueue });
    const { client } = replica.redis;
    await replica.start();
    await goesOn(ticks);
    await client.config('SET', 'maxmemory', '1');
    await waitUntil('the log', () => told(replica).length === 1, { timeoutMs: 30_000 });
    const before = ticks();
    if (alsoWithoutQueue) await goesOn(() => ticks() - before);
    else {
      await pause(1500);
      assert.ok(ticks() <= before + 1, `${ticks() - before} ticks`);
    }
    await client.config('SET', 'maxmemory', '0');
    await waitUntil('the log', () => told(replica).at(-1)?.includes('goes on'), { timeoutMs: 30_000 });
    await goesOn(ticks);
  });

test('a Redis that may evict keys is told in the log, once', async (context) => {
  const { replica, ticks } = await setUp(context, { args: ['--maxmemory-policy', 'allkeys-lru'] });
  await replica.start();
  await goesOn(ticks);
  await replica.stop();
  await replica.start();
  await goesOn(ticks);
  const advice = replica.messages.filter((line) => line.includes('maxmemory-policy'));
  assert.equal(advice.length, 1);
  assert.match(advice[0] ?? '', /allkeys-lru; jobs may vanish unless it is noeviction/);
});
