import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDone, parseCleanup, serializeCleanup, type Cleanup } from '../src/cleanup/cleanup.ts';
import { retryDelayMs } from '../src/cleanup/cleanup-store.ts';
import { freeInOrder } from '../src/dry-run/free-in-order.ts';
import { escapeLike } from '../src/purge/escape-like.ts';
import { markerOf } from '../src/queue/marker-of.ts';
import { inChunks } from '../src/steps/in-chunks.ts';
import { isContention } from '../src/steps/is-contention.ts';
import { nextStepSize } from '../src/steps/step-pace.ts';

test('steps grow while they are quick, shrink when they take long, and never to nothing', () => {
  assert.equal(nextStepSize(10, 5, 100), 20);
  assert.equal(nextStepSize(80, 5, 100), 100);
  assert.equal(nextStepSize(40, 100, 100), 40);
  assert.equal(nextStepSize(40, 500, 100), 20);
  assert.equal(nextStepSize(1, 5000, 100), 1);
});

test('a list frees its children, a referrer its subject, a tag or a circle nobody', () => {
  const manifests = new Map([
    [2, [1]],
    [3, [2, 4]],
    [4, []],
    [5, [6]],
    [6, [5]],
    [8, [7]],
  ]);
  const free = freeInOrder([1, 2, 3, 4, 5, 6, 7, 8], { manifests, tagged: new Set([7]) });
  assert.deepEqual([...free].sort(), [1, 2, 3, 4]);
});

test('a cleanup survives being written down; what is none is refused', () => {
  const cleanup: Cleanup = {
    manifests: { repositoryId: 1, ids: [5, 6] },
    labels: [1],
    blobs: [2, 3],
    files: [
      { location: 'local_us', path: 'sha256/ab/ab', checksum: 'sha256:ab', shared: true, sizeBytes: 1 },
    ],
  };
  assert.deepEqual(parseCleanup(serializeCleanup(cleanup)), cleanup);
  assert.equal(isDone(cleanup), false);
  assert.equal(isDone({ labels: [], blobs: [], files: [] }), true);
  for (const body of ['{}', 'null', '[]', '{"labels": 1, "blobs": [], "files": []}', 'x'])
    assert.throws(() => parseCleanup(body));
});

test('a cleanup that gets nowhere waits twice as long each time, an hour at most', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((failures) => retryDelayMs(failures) / 60_000),
    [5, 10, 20, 40, 60, 60],
  );
});

test('the marker of an item is a whole number, or an error that does not quote the body', () => {
  assert.equal(markerOf('{"marker_id": 7, "original_name": "app"}'), 7);
  for (const body of ['secret', 'null', '7', '{}', '{"marker_id": "7"}', '{"marker_id": 1.5}'])
    assert.throws(() => markerOf(body), { message: 'the body of the queue item names no marker_id' });
});

test('names stand for themselves in a pattern', () => {
  assert.equal(escapeLike('a_b%c\\d'), 'a\\_b\\%c\\\\d');
});

test('chunks hold everything once', () => {
  assert.deepEqual(inChunks([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(inChunks([], 2), []);
});

test('only what somebody else causes is contention', () => {
  const withCode = (code: string) => Object.assign(new Error('refused'), { code });
  for (const code of ['55P03', '40P01', '40001']) assert.ok(isContention(withCode(code)));
  for (const error of [withCode('23503'), new Error('refused'), undefined])
    assert.equal(isContention(error), false);
});
