import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRunOptions } from '../../src/measure/run-options.ts';

test('five rounds of all contestants unless told', () => {
  assert.deepEqual(parseRunOptions([], { seconds: 3 }), { rounds: 5, seconds: 3, only: [] });
});

test('options are read', () => {
  const args = ['--rounds', '2', '--seconds', '0.5', '--only', 'ours,nginx'];
  assert.deepEqual(parseRunOptions(args, { seconds: 3 }), {
    rounds: 2,
    seconds: 0.5,
    only: ['ours', 'nginx'],
  });
});

test('what is no number, or no option, is refused', () => {
  assert.throws(() => parseRunOptions(['--rounds', 'many'], { seconds: 3 }), /--rounds needs a number/);
  assert.throws(() => parseRunOptions(['--turns', '2'], { seconds: 3 }), /--turns/);
});
