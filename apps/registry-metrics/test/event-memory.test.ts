import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventMemory } from '../src/notifications/event-memory.ts';

function memoryAt(limits = { maxEvents: 3, ageMs: 1000 }) {
  let nowMs = 0;
  const memory = createEventMemory(limits, () => nowMs);
  return { memory, after: (ms: number) => (nowMs += ms) };
}

test('an event is new once, pending until it is settled, then counted', () => {
  const { memory } = memoryAt();
  assert.deepEqual([memory.claim('a'), memory.claim('a')], ['new', 'pending']);
  memory.settle('a');
  assert.equal(memory.claim('a'), 'counted');
});

test('what is released may be claimed again', () => {
  const { memory } = memoryAt();
  memory.claim('a');
  memory.release('a');
  assert.equal(memory.claim('a'), 'new');
});

test('counted events are forgotten after their time, and not earlier', () => {
  const { memory, after } = memoryAt();
  memory.settle('a');
  after(999);
  assert.equal(memory.claim('a'), 'counted');
  after(1);
  assert.equal(memory.claim('a'), 'new');
});

test('of too many counted events the oldest are forgotten; pending ones never are', () => {
  const { memory } = memoryAt();
  memory.claim('pending');
  for (const key of ['a', 'b', 'c', 'd', 'e']) memory.settle(key);
  assert.deepEqual(
    ['c', 'd', 'e', 'pending'].map((key) => memory.claim(key)),
    ['counted', 'counted', 'counted', 'pending'],
  );
  assert.equal(memory.claim('a'), 'new');
});
