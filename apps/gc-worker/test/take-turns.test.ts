import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from '../src/programs/take-turns.ts';

const { signal } = new AbortController();

test('one at a time, in the order of asking, also after a failure', async () => {
  const inTurn = createTurns();
  const events: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(signal, async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const results = await Promise.allSettled([work('a', true), work('b'), work('c')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled'],
  );
  assert.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('whoever stops waiting does not run, and lets nobody in early', async () => {
  const inTurn = createTurns();
  const first = Promise.withResolvers<void>();
  const running = inTurn(signal, () => first.promise);
  const stop = new AbortController();
  const waiting = inTurn(stop.signal, () => Promise.reject(new Error('must not run')));
  let hasBegun = false;
  const last = inTurn(signal, () => {
    hasBegun = true;
    return Promise.resolve();
  });
  stop.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(hasBegun, false);
  first.resolve();
  await Promise.all([running, last]);
  assert.equal(hasBegun, true);
});
