import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReplicaSet } from '../src/replica-set.ts';

test('picks by chance, each replica reachable', () => {
  const picks = [0, 0.34, 0.67, 0.999].map((chance) =>
    createReplicaSet(['a', 'b', 'c'], { quarantineMs: 1, random: () => chance }).pick(),
  );
  assert.deepEqual(picks, ['a', 'b', 'c', 'c']);
});

test('a failed replica is left alone until its time is over', () => {
  let now = 0;
  const replicas = createReplicaSet(['a', 'b'], { quarantineMs: 30_000, now: () => now, random: () => 0 });
  assert.equal(replicas.pick(), 'a');
  replicas.quarantine('a');
  assert.equal(replicas.pick(), 'b');
  replicas.quarantine('b');
  assert.equal(replicas.pick(), undefined);
  now = 29_999;
  assert.equal(replicas.pick(), undefined);
  now = 30_000;
  assert.equal(replicas.pick(), 'a');
});

test('no replica, no pick', () => {
  assert.equal(createReplicaSet([], { quarantineMs: 1 }).pick(), undefined);
});
