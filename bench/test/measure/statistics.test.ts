import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, medianRatio, spread } from '../../src/measure/statistics.ts';

test('the median is the middle value, or between the two middle ones', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
  assert.ok(Number.isNaN(median([])));
});

test('the median leaves its argument as it is', () => {
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test('the spread is the distance of the extremes, in medians', () => {
  assert.equal(spread([8, 10, 12]), 0.4);
  assert.equal(spread([5, 5, 5]), 0);
});

test('ratios are taken round by round: a disturbed round disturbs both sides', () => {
  assert.equal(medianRatio([20, 200, 20], [10, 100, 10]), 2);
  assert.equal(medianRatio([30, 10, 20], [10, 10, 10]), 2);
  assert.ok(Number.isNaN(medianRatio([1], [])));
});
