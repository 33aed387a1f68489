import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import {
  createReplica,
  PREFIX,
  PROGRAM,
  TIMING,
  type Replica,
  type ReplicaOptions,
} from './start-replica.ts';

let redis: Server;
const open: Replica[] = [];
const children: ChildProcess[] = [];
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(open.splice(0).map((each) => each.close()));
  const asking = replica({ run: () => Promise.resolve() });
  await asking.redis.whenReady(5000);
  await asking.redis.client.flushall();
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function replica(options: Omit<ReplicaOptions, 'redisPort'>): Replica {
  const created = createReplica({ redisPort: redis.port, everyMs: 3_600_000, ...options });
  open.push(created);
  return created;
}

/** A replica in a process of its own, and the lines it has written. */
function replicaProcess(runMs: number) {
  const script = join(import.meta.dirname, 'fixtures/replica-process.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=@quay-observability/source', script, String(redis.port), String(runMs)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines };
}

/** The longest until a dead run begins again, by the documentation. */
const RECOVERY_MS = TIMING.lockMs + 2 * TIMING.stalledMs;

test('a run whose replica is killed begins again elsewhere in bounded time, every time', async () => {
  let killedAt = 0;
  // BullMQ gives a job up at its second stall unless told otherwise.
  for (let kills = 0; kills < 3; kills += 1) {
    const { child, lines } = replicaProcess(600_000);
    await waitUntil('the run', () => lines.includes('begun'), { timeoutMs: 60_000 });
    child.kill('SIGKILL');
    killedAt = performance.now();
    await once(child, 'exit');
  }
  let begunAfter = 0;
  const survivor = replica({
    run: () => {
      begunAfter = performance.now() - killedAt;
      return Promise.resolve();
    },
  });
  await survivor.start();
  await waitUntil('the run', () => begunAfter > 0, { timeoutMs: 60_000 });
  // A loaded machine gets a margin.
  assert.ok(begunAfter < RECOVERY_MS + 8000, `${begunAfter} ms`);
  await waitUntil('its end', async () => (await completed(survivor)) === 1);
  assert.equal(await survivor.sample('quay_job_stalled_total'), 1);
  assert.equal(survivor.messages.filter((line) => line.includes('fell silent')).length, 1);
  assert.equal(await survivor.redis.client.zcard(`${PREFIX}:${PROGRAM}:failed`), 0);
});

const completed = (each: Replica) =>
  each.sample('quay_job_runs_total{queue="GLOBALPROMSTATS",outcome="completed"');

test('a run that takes longer than its lock renews it, and nobody else begins it', async () => {
  let runs = 0;
  const replicas = [0, 1].map(() =>
    replica({
      run: async (signal) => {
        runs += 1;
        await pause(2 * TIMING.lockMs + 500, undefined, { signal });
      },
    }),
  );
  await Promise.all(replicas.map((each) => each.start()));
  await waitUntil(
    'the end of the run',
    async () => (await Promise.all(replicas.map(completed))).includes(1),
    {
      timeoutMs: 30_000,
    },
  );
  assert.equal(runs, 1);
});

test('a run that lost its lock is aborted, its end is not taken for an end, and it is done again', async () => {
  const reasons: unknown[] = [];
  let runs = 0;
  const one = replica({
    run: async (signal) => {
      runs += 1;
      if (runs > 1) return;
      // As a run that hears of it too late would.
      await pause(60_000, undefined, { signal }).catch(() => reasons.push(signal.reason));
    },
  });
  await one.start();
  await waitUntil('the run', () => runs === 1);
  const [id] = await one.redis.client.lrange(`${PREFIX}:${PROGRAM}:active`, 0, -1);
  await one.redis.client.set(`${PREFIX}:${PROGRAM}:${id ?? ''}:lock`, 'of somebody else', 'PX', 500);
  await waitUntil('the second run', () => runs === 2, { timeoutMs: 30_000 });
  assert.match(String(reasons[0]), /the lock of the job was lost/);
  await waitUntil('its end', async () => (await completed(one)) === 1);
  assert.equal(await one.sample('quay_job_runs_total{queue="GLOBALPROMSTATS",outcome="lost"'), 1);
});

test('a stop waits for the run, and nothing goes on after it', async () => {
  let ended = 0;
  const one = replica({
    everyMs: 200,
    graceMs: 20_000,
    run: async () => {
      await pause(1000);
      ended = performance.now();
    },
  });
  await one.start();
  await waitUntil('the run', async () => (await one.sample('quay_worker_operation_in_progress')) === 1);
  await one.stop();
  assert.ok(ended > 0 && performance.now() - ended < 3000);
  const before = ended;
  await pause(800);
  assert.equal(ended, before);
  assert.equal(await completed(one), 1);
  assert.equal(await one.sample('quay_worker_operation_in_progress'), 0);
  assert.equal(await one.sample('quay_job_queue_jobs'), undefined);
});

test('a run that outlasts the grace time is aborted and handed back: another replica has it at once', async () => {
  let by = '';
  const work = (name: string) => async (signal: AbortSignal) => {
    by = name;
    if (name === 'one') await pause(60_000, undefined, { signal });
  };
  const one = replica({ graceMs: 300, run: work('one') });
  await one.start();
  await waitUntil('the run', () => by === 'one');
  const two = replica({ run: work('two') });
  await two.start();
  const begun = performance.now();
  await one.stop();
  assert.ok(performance.now() - begun < 3000);
  await waitUntil('the other', () => by === 'two');
  assert.ok(performance.now() - begun < TIMING.lockMs, 'it was not left to expire');
  assert.equal(await one.sample('quay_job_runs_total{queue="GLOBALPROMSTATS",outcome="handed_back"'), 1);
  assert.equal(await two.sample('quay_job_stalled_total'), 0);
});

test('start and stop in turn, at any moment, leave one scheduler and no run', async () => {
  let running = 0;
  const one = replica({
    everyMs: 50,
    graceMs: 0,
    run: async (signal) => {
      running += 1;
      await pause(30, undefined, { signal }).finally(() => (running -= 1));
    },
  });
  for (let turn = 0; turn < 15; turn += 1) {
    await one.start();
    await pause(turn * 20);
    await one.stop();
    assert.equal(running, 0);
  }
  const schedulers = await one.redis.client.zcard(`${PREFIX}:${PROGRAM}:repeat`);
  assert.equal(schedulers, 1);
  assert.equal(await one.redis.client.llen(`${PREFIX}:${PROGRAM}:active`), 0);
});

test('a process that is told to end ends by itself, with its run handed back', async () => {
  const { child, lines } = replicaProcess(600_000);
  await waitUntil('the run', () => lines.includes('begun'), { timeoutMs: 60_000 });
  const begun = performance.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  // Five seconds of grace for the run.
  assert.ok(performance.now() - begun < 15_000);
  assert.equal(code, 0);
  assert.ok(lines.includes('closed'));
  const asking = replica({ run: () => Promise.resolve() });
  await asking.redis.whenReady(5000);
  assert.equal(await asking.redis.client.llen(`${PREFIX}:${PROGRAM}:wait`), 1);
});
