import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aimTable, type Aim } from '../../src/measure/aims.ts';

const ratio = (value: number): Aim => ({ what: 'speed', bound: 'at least', target: 2, value, unit: 'x' });
const latency = (value: number): Aim => ({ what: 'delay', bound: 'at most', target: 1, value, unit: ' ms' });

/** The last two cells of an aim's row. */
function cells(aim: Aim): string[] {
  const row = aimTable([aim]).split('\n')[2] ?? '';
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

test('an aim is reached from its target on, in the direction of its bound', () => {
  assert.deepEqual(cells(ratio(2)), ['at least 2x', 'reached: 2.00x']);
  assert.deepEqual(cells(ratio(0.7)), ['at least 2x', 'not reached: 0.700x']);
  assert.deepEqual(cells(latency(1)), ['at most 1 ms', 'reached: 1.00 ms']);
  assert.deepEqual(cells(latency(4.8)), ['at most 1 ms', 'not reached: 4.80 ms']);
});

test('what a run did not measure is neither', () => {
  assert.deepEqual(cells(ratio(NaN)), ['at least 2x', 'not measured']);
});
