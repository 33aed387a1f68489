import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@quay-observability/testkit';
import { createWorkRunner, type OwnedWork, type WorkLimits } from '../../src/owned-workers/work-runner.ts';
import { captureLog } from '../capture-log.ts';

/** Work that notes what happens to it, and fails the test when two things happen at once. */
function watchedWork(step: (what: 'start' | 'stop') => Promise<void> = () => Promise.resolve()) {
  let state: 'stopped' | 'starting' | 'running' | 'stopping' = 'stopped';
  const faults: string[] = [];
  const steps: string[] = [];
  const enter = (from: string, via: 'starting' | 'stopping') => {
    if (state !== from) faults.push(`${via} while ${state}`);
    state = via;
    steps.push(via);
  };
  const work: OwnedWork = {
    start: async () => {
      enter('stopped', 'starting');
      try {
        await step('start');
        state = 'running';
      } catch (error) {
        state = 'stopped';
        throw error;
      }
    },
    stop: async () => {
      enter('running', 'stopping');
      await step('stop').finally(() => (state = 'stopped'));
    },
  };
  return { work, faults, steps, state: () => state };
}

function runnerOf(work: OwnedWork, limits: Partial<WorkLimits> = {}) {
  const captured = captureLog();
  const running: boolean[] = [];
  const runner = createWorkRunner({
    program: 'GCWORKER',
    work,
    log: captured.log,
    onRunning: (is) => running.push(is),
    limits,
  });
  return { ...captured, runner, running };
}

/** mulberry32: the same flips for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('work starts when it is wanted and stops when it is not', async () => {
  const { work, state, steps } = watchedWork();
  const { runner, running, messages } = runnerOf(work);
  runner.want(false);
  assert.deepEqual(steps, []);
  runner.want(true);
  await waitUntil('the start', () => state() === 'running');
  runner.want(true);
  runner.want(false);
  await waitUntil('the stop', () => state() === 'stopped');
  await runner.close();
  assert.deepEqual(steps, ['starting', 'stopping']);
  assert.deepEqual(running, [true, false]);
  assert.deepEqual(messages(), ['GCWORKER has started.', 'GCWORKER has stopped.']);
});

test('whatever flips come while it starts, stops and fails: one thing at a time, and the last wish counts', async () => {
  const limits = { firstRetryMs: 1, lastRetryMs: 2 };
  const runs = Array.from({ length: 200 }, async (_, seed) => {
    const random = randomOf(seed);
    const { work, faults, state } = watchedWork(async () => {
      // Not every step takes time: some end in the turn in which they began.
      if (random() < 0.7) await sleep(random() * 4);
      if (random() < 0.3) throw new Error('not now');
    });
    const { runner, running } = runnerOf(work, limits);
    let wanted = false;
    for (let flips = 1 + random() * 30; flips > 0; flips -= 1) {
      wanted = random() < 0.5;
      runner.want(wanted);
      if (random() < 0.7) await sleep(random() * 5);
    }
    const expected = wanted ? 'running' : 'stopped';
    await waitUntil(
      `seed ${seed} to be ${expected}`,
      () => state() === expected && runner.trouble() === undefined,
    );
    await runner.close();
    assert.deepEqual(faults, [], `seed ${seed}`);
    assert.equal(state(), 'stopped', `seed ${seed}`);
    assert.ok(
      running.every((is, at) => is === (at % 2 === 0)),
      `seed ${seed}: ${running.join()}`,
    );
    runner.want(true);
    await sleep(1);
    assert.equal(state(), 'stopped', `seed ${seed} started after its end`);
  });
  await Promise.all(runs);
});

test('a start that fails is logged, reported and tried again, later each time', async () => {
  const times: number[] = [];
  const { work, state } = watchedWork((what) => {
    if (what === 'start') times.push(performance.now());
    return what === 'start' && times.length < 4 ? Promise.reject(new Error('no table')) : Promise.resolve();
  });
  const { runner, lines } = runnerOf(work, { firstRetryMs: 40, lastRetryMs: 10_000 });
  runner.want(true);
  await waitUntil('the trouble', () => runner.trouble() === 'GCWORKER cannot start: no table');
  await waitUntil('the start', () => state() === 'running');
  assert.equal(runner.trouble(), undefined);
  const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  // Half of the pause to the whole of it; timers may be early by a millisecond.
  for (const [at, leastMs] of [20, 40, 80].entries())
    assert.ok((pauses[at] ?? 0) >= leastMs - 1, `pause ${at} was ${pauses[at]} ms`);
  const errors = lines().filter(({ levelname }) => levelname === 'ERROR');
  assert.deepEqual(
    errors.map(({ message, data }) => [message, data.failedStarts]),
    [1, 2, 3].map((count) => ['GCWORKER cannot start; it is tried again.', count]),
  );
  await runner.close();
});

test('work that is not wanted any more is not tried again', async () => {
  const { work, steps } = watchedWork(() => Promise.reject(new Error('no table')));
  const { runner } = runnerOf(work, { firstRetryMs: 60_000 });
  runner.want(true);
  await waitUntil('the trouble', () => runner.trouble() !== undefined);
  const began = performance.now();
  runner.want(false);
  await runner.close();
  assert.ok(performance.now() - began < 1000);
  assert.equal(runner.trouble(), undefined);
  assert.deepEqual(steps, ['starting']);
});

test('work whose start fails after it was given up is not waited for', async () => {
  const start = Promise.withResolvers<void>();
  const { work } = watchedWork(() => start.promise);
  const { runner } = runnerOf(work, { firstRetryMs: 60_000 });
  runner.want(true);
  runner.want(false);
  start.reject(new Error('no table'));
  const began = performance.now();
  await runner.close();
  assert.ok(performance.now() - began < 1000);
});

test('a start and a stop that take too long are logged and reported, and waited for', async () => {
  const started = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const { work, state, faults } = watchedWork((what) => (what === 'start' ? started : stopped).promise);
  const { runner, running, messages } = runnerOf(work, { startMs: 20, stopMs: 20 });
  runner.want(true);
  await waitUntil('the report', () => runner.trouble() === 'GCWORKER does not start within 0.02 s');
  started.resolve();
  await waitUntil('the start', () => state() === 'running' && runner.trouble() === undefined);
  runner.want(false);
  await waitUntil('the report', () => runner.trouble() === 'GCWORKER does not stop within 0.02 s');
  assert.deepEqual(running, [true], 'it may still be at work');
  runner.want(true);
  runner.want(false);
  stopped.resolve();
  await runner.close();
  assert.deepEqual(running, [true, false]);
  assert.deepEqual(faults, []);
  assert.equal(messages().filter((message) => message.endsWith('It is waited for.')).length, 2);
});

test('a stop that fails is logged, and counts as stopped', async () => {
  const { work, state } = watchedWork((what) =>
    what === 'stop' ? Promise.reject(new Error('lost it')) : Promise.resolve(),
  );
  const { runner, running, messages } = runnerOf(work);
  runner.want(true);
  await waitUntil('the start', () => state() === 'running');
  await runner.close();
  assert.deepEqual(running, [true, false]);
  assert.ok(messages().includes('GCWORKER did not stop cleanly.'));
});

test('work that throws at once is no more trouble than work that rejects', async () => {
  const work: OwnedWork = {
    start: () => {
      throw new Error('thrown');
    },
    stop: () => Promise.resolve(),
  };
  const { runner } = runnerOf(work);
  runner.want(true);
  await waitUntil('the trouble', () => runner.trouble() === 'GCWORKER cannot start: thrown');
  await runner.close();
});
