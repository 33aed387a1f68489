import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@quay-observability/testkit';
import { drawInterval, runPollLoop, type Polled } from '../../src/owner-switches/poll-loop.ts';

/** Runs the loop over these answers and then over 'unchanged', until it has polled `count` times; gives when, in ms. */
async function pollTimes(answers: readonly Polled[], count: number, interval = { minMs: 200, maxMs: 200 }) {
  const stop = new AbortController();
  const began = performance.now();
  const times: number[] = [];
  const waits: number[] = [];
  const poll = (waitMs: number) => {
    waits.push(waitMs);
    times.push(performance.now() - began);
    if (times.length === count) stop.abort();
    return Promise.resolve(answers[times.length - 1] ?? 'unchanged');
  };
  await runPollLoop({ ...interval, poll }, stop.signal);
  return { times, waits };
}

test('every interval lies between its bounds, and they are drawn evenly', () => {
  const bounds = { minMs: 5000, maxMs: 10_000 };
  const drawn = Array.from({ length: 20_000 }, () => drawInterval(bounds));
  assert.ok(drawn.every((ms) => ms >= bounds.minMs && ms < bounds.maxMs));
  for (let from = 5000; from < 10_000; from += 1000) {
    const share = drawn.filter((ms) => ms >= from && ms < from + 1000).length / drawn.length;
    assert.ok(Math.abs(share - 0.2) < 0.02, `${share} of the intervals begin at ${from}`);
  }
  assert.equal(
    drawInterval(bounds, () => 0),
    5000,
  );
  assert.ok(drawInterval(bounds, () => 1 - Number.EPSILON) <= 10_000);
});

test('polls at once, then once per interval, and lets the source wait for as long', async () => {
  const { times, waits } = await pollTimes(['unchanged', 'failed'], 3);
  assert.deepEqual(waits, [0, 200, 200]);
  assert.ok(times[0]! < 100, `first after ${times[0]} ms`);
  assert.ok(times[1]! - times[0]! >= 195, `second after ${times[1]} ms`);
  // The first retry comes after 187.5 to 312.5 ms, but not after the interval.
  assert.ok(times[2]! - times[1]! >= 182, `third after ${times[2]} ms`);
});

test('polls at once after a change, which acknowledges it', async () => {
  const { times } = await pollTimes(['changed'], 2);
  assert.ok(times[1]! - times[0]! < 100, `second after ${times[1]} ms`);
});

test('a source that changes with every poll is not polled without a pause', async () => {
  const { times } = await pollTimes(['changed', 'changed', 'changed'], 3);
  assert.ok(times[2]! - times[1]! >= 950, `third after ${times[2]! - times[1]!} ms`);
});

test('after a failure the next poll comes soon, and after more of them later and later', async () => {
  const { times } = await pollTimes(['failed', 'failed', 'failed'], 4, { minMs: 5000, maxMs: 5000 });
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  assert.ok(gaps[0]! < 500, `second after ${gaps[0]} ms`);
  assert.ok(gaps[1]! >= 370 && gaps[1]! < 1000, `third after ${gaps[1]} ms`);
  assert.ok(gaps[2]! >= 740 && gaps[2]! < 2000, `fourth after ${gaps[2]} ms`);
});

test('an answer that took the whole interval is followed by the next poll at once', async () => {
  const stop = new AbortController();
  const began: number[] = [];
  let ended = 0;
  const poll = async (): Promise<Polled> => {
    began.push(performance.now());
    if (began.length === 3) stop.abort();
    else await sleep(150);
    ended = performance.now();
    return 'unchanged';
  };
  await runPollLoop({ minMs: 100, maxMs: 100, poll }, stop.signal);
  assert.ok(began[2]! - began[1]! < 250, `third after ${began[2]! - began[1]!} ms`);
  assert.ok(ended > began[2]!);
});

test('there are never two polls at once', async () => {
  const stop = new AbortController();
  let atOnce = 0;
  let polls = 0;
  const poll = async (): Promise<Polled> => {
    assert.equal((atOnce += 1), 1);
    await sleep(7);
    atOnce -= 1;
    if ((polls += 1) === 10) stop.abort();
    return 'failed';
  };
  await runPollLoop({ minMs: 1, maxMs: 3, poll }, stop.signal);
  assert.equal(polls, 10);
});

test('stops in the middle of a pause', async () => {
  const stop = new AbortController();
  let polls = 0;
  const poll = () => {
    polls += 1;
    return Promise.resolve<Polled>('unchanged');
  };
  const loop = runPollLoop({ minMs: 60_000, maxMs: 60_000, poll }, stop.signal);
  await waitUntil('the first poll', () => polls === 1);
  const began = performance.now();
  stop.abort();
  await loop;
  assert.ok(performance.now() - began < 100);
});
