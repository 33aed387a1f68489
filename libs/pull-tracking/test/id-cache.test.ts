import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdCache } from '../src/id-cache.ts';

const LIMITS = { maxEntries: 3, ttlMs: 60_000, absentTtlMs: 5000 };

function cacheAtTime() {
  const clock = { now: 0 };
  return { clock, cache: createIdCache(LIMITS, () => clock.now) };
}

test('an id is taken for right for a minute, its absence for five seconds', () => {
  const { clock, cache } = cacheAtTime();
  assert.equal(cache.fresh('a/b'), undefined);
  cache.remember('a/b', 1);
  cache.remember('a/none', null);
  clock.now = 4999;
  assert.deepEqual([cache.fresh('a/b'), cache.fresh('a/none')], [1, null]);
  clock.now = 5000;
  assert.deepEqual([cache.fresh('a/b'), cache.fresh('a/none')], [1, undefined]);
  clock.now = 60_000;
  assert.equal(cache.fresh('a/b'), undefined);
});

test('while the database is away, an old id is used on, but no absence and nothing unknown', () => {
  const { clock, cache } = cacheAtTime();
  cache.remember('a/b', 1);
  cache.remember('a/none', null);
  clock.now = 3_600_000;
  assert.equal(cache.prolong('a/b'), 1);
  assert.equal(cache.prolong('a/none'), undefined);
  assert.equal(cache.prolong('a/other'), undefined);
  clock.now += 4999;
  assert.equal(cache.fresh('a/b'), 1);
  clock.now += 1;
  assert.equal(cache.fresh('a/b'), undefined);
  cache.remember('a/b', null);
  assert.equal(cache.prolong('a/b'), undefined, 'the repository is gone');
});

test('of more repositories than there is room for, those used last are remembered', () => {
  const { cache } = cacheAtTime();
  for (const [index, name] of ['a', 'b', 'c'].entries()) cache.remember(name, index);
  cache.fresh('a');
  cache.remember('d', 3);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => cache.fresh(name)),
    [0, undefined, 2, 3],
  );
});
