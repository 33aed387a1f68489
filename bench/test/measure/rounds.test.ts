import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureInRounds, rotated } from '../../src/measure/rounds.ts';

test('contestants take turns, and each round begins with another one', async () => {
  const order: string[] = [];
  const contestants = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  const results = await measureInRounds(3, contestants, ({ name }) => {
    order.push(name);
    return Promise.resolve(order.length);
  });
  assert.equal(order.join(''), 'abcbcacab');
  assert.deepEqual(Object.fromEntries(results), { a: [1, 6, 8], b: [2, 4, 9], c: [3, 5, 7] });
});

test('a failed measurement fails the run', async () => {
  const failing = measureInRounds(2, [{ name: 'a' }], () => Promise.reject(new Error('short answer')));
  await assert.rejects(failing, /short answer/);
});

test('rotated begins further on and loses nothing', () => {
  assert.deepEqual(rotated([1, 2, 3], 4), [2, 3, 1]);
  assert.deepEqual(rotated([], 2), []);
});
