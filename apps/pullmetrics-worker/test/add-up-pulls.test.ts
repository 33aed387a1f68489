import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUpPulls } from '../src/add-up-pulls.ts';

const pulls = (
  repositoryId: number,
  tag: string | undefined,
  digest: string,
  count: number,
  unixSeconds: number,
) => ({
  repositoryId,
  tag,
  digest,
  count: BigInt(count),
  unixSeconds,
});

test('manifests add up over tags and digests, tags over manifests; the latest pull gives time and digest', () => {
  const { tags, manifests } = addUpPulls([
    pulls(2, 'latest', 'a:1', 3, 50),
    pulls(2, 'latest', 'a:2', 4, 40),
    pulls(2, undefined, 'a:1', 5, 60),
    pulls(1, 'latest', 'a:1', 1, 10),
  ]);
  assert.deepEqual(tags, [pulls(1, 'latest', 'a:1', 1, 10), pulls(2, 'latest', 'a:1', 7, 50)]);
  const manifest = (repositoryId: number, digest: string, count: number, unixSeconds: number) => ({
    repositoryId,
    digest,
    count: BigInt(count),
    unixSeconds,
  });
  assert.deepEqual(manifests, [
    manifest(1, 'a:1', 1, 10),
    manifest(2, 'a:1', 8, 60),
    manifest(2, 'a:2', 4, 40),
  ]);
});

test('rows are in the same order, in whichever order their pulls come', () => {
  const some = ['b', 'a', 'C', 'ü', 'aa'].flatMap((tag) => [10, 9].map((id) => pulls(id, tag, 'a:1', 1, 1)));
  assert.deepEqual(addUpPulls(some), addUpPulls(some.toReversed()));
  assert.deepEqual(
    addUpPulls(some).tags.map(({ repositoryId, tag }) => `${repositoryId}${tag}`),
    ['9C', '9a', '9aa', '9b', '9ü', '10C', '10a', '10aa', '10b', '10ü'],
  );
});

test('counts of any size add up exactly', () => {
  const large = { ...pulls(1, undefined, 'a:1', 0, 1), count: 2n ** 62n };
  assert.equal(addUpPulls([large, { ...large, count: 1n }]).manifests[0]?.count, 2n ** 62n + 1n);
});
