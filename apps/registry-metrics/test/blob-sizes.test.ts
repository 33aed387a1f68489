import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { createLruCache } from '../src/lru-cache.ts';
import { createBlobSizes, type BlobSizesLimits, type BlobSizeSource } from '../src/blob-sizes.ts';

function setUp(maxEntries = 10, limits?: BlobSizesLimits) {
  const seen = { hits: 0, misses: 0, lookedUp: 0, failed: [] as string[] };
  const sizes = createBlobSizes(
    createLruCache<number>(maxEntries),
    {
      hit: () => (seen.hits += 1),
      miss: () => (seen.misses += 1),
      lookedUp: () => (seen.lookedUp += 1),
      failed: (source) => seen.failed.push(source),
    },
    limits,
  );
  return { sizes, seen };
}

function source(name: string, answer: number | undefined | Error): BlobSizeSource & { asked: number } {
  const it = {
    name,
    asked: 0,
    find: () => {
      it.asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return it;
}

test('sources are asked in order until one knows, and the cache answers from then on', async () => {
  const { sizes, seen } = setUp();
  const sources = [
    source('broken', new Error('down')),
    source('ignorant', undefined),
    source('knows', 7),
    source('spare', 8),
  ];
  assert.equal(await sizes.find('sha256:aa', () => sources), 7);
  assert.equal(await sizes.find('sha256:aa', () => sources), 7);
  assert.deepEqual(
    sources.map(({ asked }) => asked),
    [1, 1, 1, 0],
  );
  assert.deepEqual(seen, { hits: 1, misses: 1, lookedUp: 2, failed: ['broken'] });
});

test('a remembered size needs no source; an unknown one is asked for again', async () => {
  const { sizes } = setUp();
  sizes.remember('sha256:aa', 5);
  const knows = source('knows', undefined);
  assert.equal(await sizes.find('sha256:aa', () => [knows]), 5);
  assert.equal(await sizes.find('sha256:bb', () => [knows]), undefined);
  assert.equal(await sizes.find('sha256:bb', () => [knows]), undefined);
  assert.equal(knows.asked, 2);
});

test('look-ups of one blob at the same time share one question', async () => {
  const { sizes, seen } = setUp();
  const knows = source('knows', 7);
  const found = await Promise.all(Array.from({ length: 20 }, () => sizes.find('sha256:aa', () => [knows])));
  assert.deepEqual(new Set(found), new Set([7]));
  assert.equal(knows.asked, 1);
  assert.equal(seen.misses, 20);
});

/** A source that answers when it is told to. */
function gated(answer: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const it = {
    name: 'gated',
    asked: 0,
    find: () => {
      it.asked += 1;
      return promise.then(() => answer);
    },
    release: resolve,
  };
  return it;
}

test('look-ups beyond those that run wait for their turn; beyond those that wait they are given up', async () => {
  const { sizes, seen } = setUp(1000);
  const slow = gated(1);
  const found = Array.from({ length: 64 + 10_000 + 5 }, (_, index) =>
    sizes.find(`sha256:${index}`, () => [slow]),
  );
  assert.equal(slow.asked, 64);
  let drained = false;
  const draining = sizes.drained(60_000).then(() => (drained = true));
  assert.deepEqual(await Promise.all(found.slice(-5)), Array(5).fill(undefined));
  assert.equal(drained, false);
  slow.release();
  await draining;
  const answers = await Promise.all(found);
  assert.equal(answers.filter((answer) => answer === 1).length, 64 + 10_000);
  assert.equal(slow.asked, 64 + 10_000);
  assert.equal(seen.lookedUp, 64 + 10_000 + 5);
});

test('a look-up that waits is shared, and needs no source if its size is told meanwhile', async () => {
  const { sizes } = setUp(10, { running: 1, waiting: 10 });
  const slow = gated(1);
  const first = sizes.find('sha256:aa', () => [slow]);
  const spare = source('spare', 9);
  const waiting = [1, 2].map(() => sizes.find('sha256:bb', () => [spare]));
  sizes.remember('sha256:bb', 5);
  slow.release();
  assert.deepEqual(await Promise.all([first, ...waiting]), [1, 5, 5]);
  assert.equal(spare.asked, 0);
});

test('a look-up that waited runs in the context of the request that asked', async () => {
  const { sizes } = setUp(10, { running: 1, waiting: 10 });
  const request = new AsyncLocalStorage<string>();
  const slow = gated(1);
  const seenBy: (string | undefined)[] = [];
  const tells: BlobSizeSource = {
    name: 'tells',
    find: () => {
      seenBy.push(request.getStore());
      return Promise.resolve(2);
    },
  };
  const first = request.run('first', () => sizes.find('sha256:aa', () => [slow]));
  const second = request.run('second', () => sizes.find('sha256:bb', () => [tells]));
  slow.release();
  await Promise.all([first, second]);
  assert.deepEqual(seenBy, ['second']);
});

test('draining ends in time, and gives up what is left', async () => {
  const { sizes } = setUp(10, { running: 1, waiting: 10 });
  const never = gated(1);
  const found = ['sha256:aa', 'sha256:bb'].map((digest) => sizes.find(digest, () => [never]));
  await sizes.drained(20);
  assert.deepEqual(await Promise.all(found), [undefined, undefined]);
  assert.equal(never.asked, 1);
});

test('the cache forgets what was unused for longest', () => {
  const cache = createLruCache<number>(2);
  cache.put('a', 1);
  cache.put('b', 2);
  assert.equal(cache.get('a'), 1);
  cache.put('c', 3);
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3]);
});
