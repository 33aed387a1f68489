import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBlobSizeCache } from '../src/blob-size-cache.ts';
import { createBlobSizes, type BlobSizeSource } from '../src/blob-sizes.ts';

function setUp(maxEntries = 10) {
  const seen = { hits: 0, misses: 0, lookedUp: 0, failed: [] as string[] };
  const sizes = createBlobSizes(createBlobSizeCache(maxEntries), {
    hit: () => (seen.hits += 1),
    miss: () => (seen.misses += 1),
    lookedUp: () => (seen.lookedUp += 1),
    failed: (source) => seen.failed.push(source),
  });
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
  assert.equal(await sizes.find('sha256:aa', sources), 7);
  assert.equal(await sizes.find('sha256:aa', sources), 7);
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
  assert.equal(await sizes.find('sha256:aa', [knows]), 5);
  assert.equal(await sizes.find('sha256:bb', [knows]), undefined);
  assert.equal(await sizes.find('sha256:bb', [knows]), undefined);
  assert.equal(knows.asked, 2);
});

test('look-ups of one blob at the same time share one question', async () => {
  const { sizes, seen } = setUp();
  const knows = source('knows', 7);
  const found = await Promise.all(Array.from({ length: 20 }, () => sizes.find('sha256:aa', [knows])));
  assert.deepEqual(new Set(found), new Set([7]));
  assert.equal(knows.asked, 1);
  assert.equal(seen.misses, 20);
});

test('look-ups are bounded, and draining waits for them', async () => {
  const { sizes } = setUp();
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const slow: BlobSizeSource = { name: 'slow', find: () => gate.then(() => 1) };
  const found = Array.from({ length: 100 }, (_, index) => sizes.find(`sha256:${index.toString(16)}`, [slow]));
  let drained = false;
  const draining = sizes.drained().then(() => (drained = true));
  await Promise.resolve();
  assert.equal(drained, false);
  release();
  await draining;
  const answers = await Promise.all(found);
  assert.equal(answers.filter((answer) => answer === 1).length, 64);
  assert.equal(answers.filter((answer) => answer === undefined).length, 36);
});

test('the cache forgets what was unused for longest', () => {
  const cache = createBlobSizeCache(2);
  cache.put('a', 1);
  cache.put('b', 2);
  assert.equal(cache.get('a'), 1);
  cache.put('c', 3);
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3]);
});
