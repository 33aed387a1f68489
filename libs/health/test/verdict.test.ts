import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVerdict } from '../src/verdict.ts';

function judged(threshold: number, runs: readonly (string | undefined)[]): string[] {
  const verdict = createVerdict(threshold);
  return runs.map((failure) => {
    const { ok, message } = verdict.judge(failure);
    return `${ok ? 'good' : 'bad'}: ${message}`;
  });
}

test('with a threshold of 1 every failure counts', () => {
  assert.deepEqual(judged(1, [undefined, 'gone', undefined]), ['good: ok', 'bad: gone', 'good: ok']);
});

test('a check turns bad with the last failure of the threshold, and good with one run that passes', () => {
  assert.deepEqual(judged(3, [undefined, 'a', 'b', 'c', 'd', undefined, 'e']), [
    'good: ok',
    'good: failed 1 of 3 times: a',
    'good: failed 2 of 3 times: b',
    'bad: c',
    'bad: d',
    'good: ok',
    'good: failed 1 of 3 times: e',
  ]);
});

test('a run that passes in between begins the count anew', () => {
  assert.equal(
    judged(2, [undefined, 'a', undefined, 'b', undefined, 'c']).some((verdict) => verdict.startsWith('bad')),
    false,
  );
});

test('a check that has never passed fails at once', () => {
  assert.deepEqual(judged(3, ['gone', undefined, 'gone']), [
    'bad: gone',
    'good: ok',
    'good: failed 1 of 3 times: gone',
  ]);
});
