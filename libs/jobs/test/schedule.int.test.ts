import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createReplica, PREFIX, PROGRAM, type Replica, type ReplicaOptions } from './start-replica.ts';

let redis: Server;
let asking: Replica;
const open: Replica[] = [];
before(async () => {
  redis = await startRedis();
  asking = createReplica({ redisPort: redis.port, run: () => Promise.resolve() });
  await asking.redis.whenReady(5000);
});
after(async () => {
  await asking.close();
  await redis.stop();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
  await asking.redis.client.flushall();
});

function replica(options: Omit<ReplicaOptions, 'redisPort'>): Replica {
  const created = createReplica({ redisPort: redis.port, ...options });
  open.push(created);
  return created;
}

const QUEUE = `queue="${PROGRAM}"`;
const key = (rest: string) => `${PREFIX}:${PROGRAM}:${rest}`;
const schedulers = () => asking.redis.client.zrange(key('repeat'), '0', '-1', 'WITHSCORES');

test('three replicas run each tick once, on time and without drift, and all show the same queue', async () => {
  const runs = [0, 0, 0];
  const replicas = runs.map((_, by) =>
    replica({
      everyMs: 500,
      run: () => {
        runs[by] = (runs[by] ?? 0) + 1;
        return Promise.resolve();
      },
    }),
  );
  const all = () => runs.reduce((sum, each) => sum + each, 0);
  await Promise.all(replicas.map((each) => each.start()));
  await waitUntil('eight ticks', () => all() >= 8);
  assert.equal((await schedulers()).length, 2, 'one scheduler, with its score');
  for (const each of replicas)
    await waitUntil('the jobs of the queue', async () => {
      return (await each.sample(`quay_job_queue_jobs{${QUEUE},state="completed"`)) !== undefined;
    });
  await Promise.all(replicas.map((each) => each.stop()));
  const ids = await asking.redis.client.zrange(key('completed'), '0', '-1');
  const moments = ids.map((id) => Number(id.split(':').at(-1))).sort((a, b) => a - b);
  // Twenty are kept.
  assert.equal(new Set(moments).size, Math.min(20, all()), 'as many runs as ticks');
  // A loaded machine may miss ticks; what comes is where it belongs, however long runs take and how late they are.
  assert.deepEqual(
    moments.filter((moment) => (moment - (moments[0] ?? 0)) % 500 !== 0),
    [],
  );
  const completed = await Promise.all(
    replicas.map((each) => each.sample(`quay_job_runs_total{${QUEUE},outcome="completed"`)),
  );
  assert.deepEqual(completed, runs);
  const delays = await Promise.all(
    replicas.map((each) => each.sample(`quay_job_start_delay_seconds_count{${QUEUE}`)),
  );
  assert.deepEqual(
    delays.map((delay) => delay ?? 0),
    runs,
  );
});

test('another interval replaces the schedule, and takes effect at once', async () => {
  const slow = replica({ everyMs: 3_600_000, run: () => Promise.resolve() });
  await slow.start();
  await waitUntil('the schedule', async () => (await schedulers()).length === 2);
  let ticks = 0;
  const quick = replica({
    everyMs: 300,
    run: () => {
      ticks += 1;
      return Promise.resolve();
    },
  });
  await slow.stop();
  await quick.start();
  await waitUntil('three ticks', () => ticks >= 3);
  assert.equal((await schedulers()).length, 2);
  assert.equal(await asking.redis.client.hget(key('repeat:tick'), 'every'), '300');
  await slow.start();
  await waitUntil('the slow one', async () => {
    const every = await asking.redis.client.hget(key('repeat:tick'), 'every');
    return every === '3600000';
  });
  // A replica with another interval that goes on does not take the schedule back.
  await pause(1200);
  assert.equal(await asking.redis.client.hget(key('repeat:tick'), 'every'), '3600000');
});

test('ticks of a shorter interval do not keep the offset of the longer one', async () => {
  const slow = replica({ everyMs: 50_000, run: () => Promise.resolve() });
  await slow.start();
  await waitUntil('the schedule', async () => (await schedulers()).length === 2);
  await slow.stop();
  await asking.redis.client.hset(key('repeat:tick'), 'offset', '45000');
  let ticks = 0;
  const quick = replica({
    everyMs: 300,
    // Longer than the interval: what comes after a tick that was missed is set by the offset.
    run: async () => {
      ticks += 1;
      await pause(400);
    },
  });
  await quick.start();
  await waitUntil('six ticks', () => ticks >= 6, { timeoutMs: 15_000 });
});

test('a run that takes longer than the interval is never accompanied, and ticks that it missed are one', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const replicas = [0, 1].map(() =>
    replica({
      everyMs: 200,
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await pause(1000);
        running -= 1;
        runs += 1;
      },
    }),
  );
  const begun = performance.now();
  await Promise.all(replicas.map((each) => each.start()));
  await waitUntil('three runs', () => runs >= 3);
  assert.equal(most, 1);
  assert.ok(performance.now() - begun >= 3000);
  const waiting = await asking.redis.client.llen(key('wait'));
  const delayed = await asking.redis.client.zcard(key('delayed'));
  assert.ok(waiting + delayed <= 1, `${waiting} wait, ${delayed} are delayed`);
});

test('a failure is repeated with pauses, told once, and kept without its text; then the next tick is tried', async () => {
  const secret = 'postgresql://quay:s3cret@db';
  const attempts: number[] = [];
  let fails = true;
  const one = replica({
    everyMs: 60_000,
    attempts: 3,
    backoff: { type: 'fixed', delayMs: 200 },
    run: () => {
      attempts.push(performance.now());
      return fails
        ? Promise.reject(Object.assign(new Error(secret), { code: 'DATABASE_UNAVAILABLE' }))
        : Promise.resolve();
    },
  });
  await one.start();
  await waitUntil('the last attempt', async () => (await asking.redis.client.zcard(key('failed'))) === 1);
  assert.equal(attempts.length, 3);
  assert.ok((attempts[1] ?? 0) - (attempts[0] ?? 0) >= 195);
  const [id] = await asking.redis.client.zrange(key('failed'), '0', '-1');
  const stored = await asking.redis.client.hgetall(key(id ?? ''));
  assert.equal(stored.failedReason, 'DATABASE_UNAVAILABLE; the log has more');
  assert.ok(!JSON.stringify(stored).includes('s3cret') && !JSON.stringify(stored).includes('run-job'));
  assert.equal(one.messages.filter((line) => line.includes('A run of')).length, 1);
  assert.ok(!one.messages.join('').includes('s3cret'));
  assert.equal(await one.sample('quay_job_runs_total{queue="GLOBALPROMSTATS",outcome="failed"'), 3);
  assert.equal(await one.sample('quay_job_last_success_timestamp_seconds'), undefined);
  fails = false;
  await one.stop();
  const other = replica({ everyMs: 300, run: () => Promise.resolve() });
  await other.start();
  await waitUntil(
    'a success',
    async () => (await other.sample('quay_job_last_success_timestamp_seconds')) !== undefined,
  );
});

test('what has ended is kept in bounds', async () => {
  let runs = 0;
  const one = replica({
    everyMs: 20,
    attempts: 1,
    run: () => {
      runs += 1;
      return runs % 2 === 0 ? Promise.resolve() : Promise.reject(new Error('odd'));
    },
  });
  await one.start();
  await waitUntil('a hundred runs', () => runs >= 100);
  await one.stop();
  const { client } = asking.redis;
  assert.ok((await client.zcard(key('completed'))) <= 20);
  assert.ok((await client.zcard(key('failed'))) <= 20);
  assert.ok((await client.keys('*')).every((each) => each.startsWith(`${PREFIX}:`)));
  assert.ok((await client.dbsize()) < 60, `${await client.dbsize()} keys`);
});
