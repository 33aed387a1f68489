import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { mergeReports } from '../src/http-workers/merge-reports.ts';
import { unwrap, wrap } from '../src/http-workers/messages.ts';
import { restartDelayMs } from '../src/http-workers/restart-delay.ts';
import { createWorkerLink } from '../src/http-workers/worker-link.ts';
import { createWorkerPool, WorkerStartFailed } from '../src/http-workers/worker-pool.ts';
import type { WorkerEnd, WorkerProcess } from '../src/http-workers/worker-process.ts';
import type { CheckResult } from '@quay-observability/health';
import { captureLog } from './capture-log.ts';

test('a crash is repaired at once, a crash loop ever more slowly', () => {
  assert.deepEqual([1, 2, 3, 4, 8, 100].map(restartDelayMs), [250, 500, 1000, 2000, 30_000, 30_000]);
});

describe('readiness of several workers', () => {
  const check = (ok: boolean, required = true, message = ok ? 'ok' : 'away'): CheckResult => ({
    name: 'registry',
    required,
    ok,
    message,
  });
  const reportOf = (...checks: CheckResult[]) => ({ ready: checks.every(({ ok }) => ok), checks });

  test('is that of all, if all are well', () => {
    const { ready, checks } = mergeReports({
      wanted: 2,
      reports: [reportOf(check(true)), reportOf(check(true))],
    });
    assert.equal(ready, true);
    assert.deepEqual(
      checks.map(({ name, ok }) => [name, ok]),
      [
        ['registry', true],
        ['http workers', true],
      ],
    );
  });

  test('one worker that serves and is unready makes the app unready: it gets connections', () => {
    const { ready, checks } = mergeReports({
      wanted: 2,
      reports: [reportOf(check(true)), reportOf(check(false))],
    });
    assert.equal(ready, false);
    assert.equal(checks[0]?.message, 'away (in 1 of 2 workers)');
  });

  test('what only degrades a worker only degrades the app', () => {
    const { ready, checks } = mergeReports({ wanted: 1, reports: [reportOf(check(false, false))] });
    assert.equal(ready, true);
    assert.deepEqual([checks[0]?.ok, checks[0]?.message], [false, 'away']);
  });

  test('workers that are missing degrade, unless all are', () => {
    const some = mergeReports({ wanted: 3, reports: [reportOf(check(true))] });
    assert.equal(some.ready, true);
    assert.equal(some.checks.at(-1)?.message, '1 of 3 serve');
    assert.equal(mergeReports({ wanted: 3, reports: [] }).ready, false);
  });
});

describe('the link of a worker', () => {
  test('a request to stop that comes while the app is composed is not lost', () => {
    const channel = new EventEmitter();
    const link = createWorkerLink(channel);
    channel.emit('message', wrap({ kind: 'stop' }));
    let asked = 0;
    link.onStop(() => {
      asked += 1;
    });
    assert.equal(asked, 1);
  });

  test('messages of others on the channel are none of ours', () => {
    for (const message of [undefined, null, 'stop', { kind: 'stop' }, { 'watch:require': ['/x.js'] }])
      assert.equal(unwrap(message), undefined);
  });
});

/** A pool of workers that do as the test tells; what real ones do is tested with registry-metrics. */
function createTestPool(count: number) {
  const started: {
    serve(): void;
    end(end: WorkerEnd): void;
    killed: boolean;
    hungUp: boolean;
    stuck: boolean;
  }[] = [];
  let restarts = 0;
  const { log, lines } = captureLog();
  const pool = createWorkerPool({
    count,
    log,
    onRestart: () => {
      restarts += 1;
    },
    startWorker: (onChange) => {
      let phase: ReturnType<WorkerProcess['phase']> = 'starting';
      let ticks = 0;
      const { promise, resolve } = Promise.withResolvers<WorkerEnd>();
      const handle = {
        serve: () => {
          phase = 'serving';
          onChange();
        },
        end: resolve,
        killed: false,
        hungUp: false,
        stuck: false,
      };
      started.push(handle);
      return {
        pid: started.length,
        startedAtMs: performance.now(),
        phase: () => phase,
        publicUrl: () => 'http://127.0.0.1:1',
        isSilent: () => false,
        silentTicks: () => ticks,
        tick: () => {
          ticks += 1;
        },
        gather: () => Promise.resolve(),
        report: () => Promise.resolve(undefined),
        hangUp: () => {
          handle.hungUp = true;
        },
        stop: () => {
          if (!handle.stuck) resolve({ code: 0, signal: null });
        },
        kill: () => {
          handle.killed = true;
          resolve({ code: null, signal: 'SIGKILL' });
        },
        ended: promise,
      };
    },
  });
  return { pool, started, restarts: () => restarts, lines };
}

/** Lets what has been resolved take its course. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('the pool of workers', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval'] }));
  afterEach(() => mock.timers.reset());

  async function servingPool(count: number) {
    const all = createTestPool(count);
    const started = all.pool.start();
    for (const worker of all.started) worker.serve();
    await started;
    return all;
  }

  test('a hang-up reaches each worker once it serves', async () => {
    const { pool, started } = createTestPool(2);
    void pool.start();
    started[0]!.serve();
    pool.hangUp();
    assert.deepEqual(
      started.map((worker) => worker.hungUp),
      [true, false],
    );
    started[1]!.serve();
    assert.deepEqual(
      started.map((worker) => worker.hungUp),
      [true, true],
    );
    await pool.stop(1000);
  });

  for (const [end, status] of [
    [{ code: 78, signal: null }, 78],
    [{ code: 0, signal: null }, 1],
    [{ code: null, signal: 'SIGKILL' }, 1],
  ] as const)
    test(`a worker that ends with ${JSON.stringify(end)} before all serve ends the app with ${status}`, async () => {
      const { pool, started } = createTestPool(2);
      const rejected = assert.rejects(pool.start(), (error) => {
        assert.ok(error instanceof WorkerStartFailed);
        assert.equal(error.status, status);
        return true;
      });
      started[0]!.serve();
      started[1]!.end(end);
      await rejected;
      await pool.stop(1000);
    });

  test('a worker that ends again and again is started ever later', async () => {
    const { pool, started, restarts, lines } = await servingPool(2);
    for (const [at, delayMs] of [250, 500, 1000].entries()) {
      started.at(-1)!.end({ code: 1, signal: null });
      await settle();
      mock.timers.tick(delayMs - 1);
      assert.equal(restarts(), at);
      mock.timers.tick(1);
      assert.equal(restarts(), at + 1);
      started.at(-1)!.serve();
    }
    assert.deepEqual(pool.states(), { serving: 2, silent: 0 });
    assert.deepEqual(
      lines().map(({ data }) => data.delayMs),
      [250, 500, 1000],
    );
    await pool.stop(1000);
  });

  test('a worker of which nothing comes for a minute is killed and replaced', async () => {
    const { pool, started, restarts } = await servingPool(1);
    for (let second = 0; second < 59; second += 1) mock.timers.tick(1000);
    assert.equal(started[0]!.killed, false);
    mock.timers.tick(1000);
    assert.equal(started[0]!.killed, true);
    await settle();
    mock.timers.tick(250);
    assert.equal(restarts(), 1);
    await pool.stop(1000);
  });

  test('while it stops nothing is started any more, and what does not stop is killed', async () => {
    const { pool, started, restarts } = await servingPool(2);
    started[0]!.end({ code: 1, signal: null });
    await settle();
    started[1]!.stuck = true;
    const stopped = pool.stop(1000);
    mock.timers.tick(999);
    assert.equal(started[1]!.killed, false);
    mock.timers.tick(1);
    assert.equal(await stopped, false);
    mock.timers.tick(60_000);
    assert.equal(restarts(), 0);
    assert.equal(started.length, 2);
  });
});
