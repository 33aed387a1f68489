import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGcOptions } from '../../src/gc/options.ts';

test('a million manifests and 20,000 expired tags unless told', () => {
  assert.deepEqual(parseGcOptions([]), {
    manifests: 1_000_000,
    tags: 20_000,
    perRepository: 50,
    rounds: 1,
    only: [],
  });
  const args = [
    '--manifests',
    '4000',
    '--tags',
    '400',
    '--per-repository',
    '4',
    '--rounds',
    '3',
    '--only',
    'gc-worker,Python',
  ];
  assert.deepEqual(parseGcOptions(args), {
    manifests: 4000,
    tags: 400,
    perRepository: 4,
    rounds: 3,
    only: ['gc-worker', 'Python'],
  });
});

test('numbers that the registry cannot be made of are refused', () => {
  assert.throws(() => parseGcOptions(['--tags', 'many']), /--tags needs a whole number/);
  assert.throws(() => parseGcOptions(['--rounds', '0']), /--rounds needs a whole number/);
  assert.throws(() => parseGcOptions(['--tags', '150']), /--tags needs a multiple of 100/);
  assert.throws(() => parseGcOptions(['--tags', '400', '--manifests', '1500']), /at least four times --tags/);
});
