import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runEvery } from '../../src/owned-workers/run-every.ts';

/** Runs until there were so many runs, each of which succeeds or not; resolves to the moments when they began. */
async function startsOf(
  runs: boolean[],
  schedule: { intervalMs: number; retryMs: number; workMs?: number },
): Promise<number[]> {
  const abort = new AbortController();
  const starts: number[] = [];
  await runEvery({ ...schedule, signal: abort.signal }, async () => {
    const succeeds = runs[starts.length] ?? true;
    starts.push(performance.now());
    if (starts.length === runs.length) abort.abort();
    await pause(schedule.workMs ?? 0);
    return succeeds;
  });
  return starts;
}

const gapsOf = (starts: number[]) => starts.slice(1).map((start, index) => start - (starts[index] ?? 0));

test('runs begin at once and the interval apart, however long they take', async () => {
  const begun = performance.now();
  const starts = await startsOf([true, true, true], { intervalMs: 300, retryMs: 1, workMs: 250 });
  assert.ok(starts[0]! - begun < 100);
  for (const gap of gapsOf(starts)) assert.ok(gap >= 295 && gap < 500, `${gap} ms`);
});

test('a run that takes longer than the interval is followed at once by the next, never accompanied', async () => {
  let running = 0;
  const abort = new AbortController();
  let runs = 0;
  await runEvery({ intervalMs: 10, retryMs: 10, signal: abort.signal }, async () => {
    running += 1;
    assert.equal(running, 1);
    await pause(30);
    running -= 1;
    runs += 1;
    if (runs === 3) abort.abort();
    return true;
  });
  assert.equal(runs, 3);
});

test('a run that failed is repeated sooner, and never later than it would have been', async () => {
  const sooner = await startsOf([false, true], { intervalMs: 60_000, retryMs: 50 });
  assert.ok(gapsOf(sooner)[0]! < 500);
  const notLater = await startsOf([false, true], { intervalMs: 50, retryMs: 60_000 });
  assert.ok(gapsOf(notLater)[0]! < 500);
});

test('an abort ends the pause at once, and one beforehand prevents the first run', async () => {
  const abort = new AbortController();
  const begun = performance.now();
  const schedule = { intervalMs: 60_000, retryMs: 60_000, signal: abort.signal };
  const running = runEvery(schedule, () => Promise.resolve(true));
  await pause(20);
  abort.abort();
  await running;
  assert.ok(performance.now() - begun < 1000);
  await runEvery(schedule, () => Promise.reject(new Error('must not run')));
});
