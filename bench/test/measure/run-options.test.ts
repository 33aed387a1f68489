import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRunOptions } from '../../src/measure/run-options.ts';

test('five rounds of all contestants unless told', () => {
  assert.deepEqual(parseRunOptions([], { seconds: 3 }), { rounds: 5, seconds: 3, only: [], tries: 1 });
  assert.equal(parseRunOptions([], { seconds: 3, tries: 8 }).tries, 8);
});

test('options are read', () => {
  const args = ['--rounds', '2', '--seconds', '0.5', '--only', 'ours,nginx', '--tries', '2'];
  assert.deepEqual(parseRunOptions(args, { seconds: 3, tries: 8 }), {
    rounds: 2,
    seconds: 0.5,
    only: ['ours', 'nginx'],
    tries: 2,
  });
});

test('what is no number, or no option, is refused', () => {
  assert.throws(() => parseRunOptions(['--rounds', 'many'], { seconds: 3 }), /--rounds needs a number/);
  assert.throws(() => parseRunOptions(['--turns', '2'], { seconds: 3 }), /--turns/);
});

test('a benchmark that repeats nothing has no --tries', () => {
  assert.throws(() => parseRunOptions(['--tries', '2'], { seconds: 3 }), /--tries/);
});
