import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBucketAdmission } from '../src/bucket-admission.ts';

const listOf = (...names: string[]) => new Map(names.map((name) => [name, name]));

test('the first buckets are admitted, with all of their namespaces', () => {
  const admit = createBucketAdmission(2);
  const wanted = new Map([
    ['a', 'x'],
    ['b', 'y'],
    ['c', 'z'],
    ['d', 'x'],
    ['e', 'z'],
  ]);
  const { buckets, refused } = admit(wanted);
  assert.deepEqual(
    [...buckets],
    [
      ['a', 'x'],
      ['b', 'y'],
      ['d', 'x'],
    ],
  );
  assert.equal(refused, 1);
});

test('over many reloads there are twice as many; those known before come back', () => {
  const admit = createBucketAdmission(2);
  assert.equal(admit(listOf('a', 'b')).refused, 0);
  assert.equal(admit(listOf('c', 'd')).refused, 0);
  assert.deepEqual(admit(listOf('e', 'a')), { buckets: listOf('a'), refused: 1 });
  assert.deepEqual(admit(listOf('c', 'd')), { buckets: listOf('c', 'd'), refused: 0 });
});

test('a bucket that was never admitted uses up nothing', () => {
  const admit = createBucketAdmission(1);
  for (let index = 0; index < 10; index += 1) admit(listOf('a', `refused-${index}`));
  assert.equal(admit(listOf('b')).refused, 0);
});
