import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePullEvent, pullEventKey, trackPullCall } from '../src/index.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

test('keys name the repository by its id, then the tag with its manifest, or the manifest alone', () => {
  assert.equal(
    pullEventKey({ repositoryId: 42, tag: 'v1.0', digest }),
    `pull_events:repo:42:tag:v1.0:${digest}`,
  );
  assert.equal(
    pullEventKey({ repositoryId: 42, tag: undefined, digest }),
    `pull_events:repo:42:digest:${digest}`,
  );
});

test('arguments are text, in the order of the contract; a pull by digest has no tag among them', () => {
  assert.deepEqual(trackPullCall({ repositoryId: 42, tag: 'v1.0', digest }, 1_700_000_000).args, [
    '42',
    'v1.0',
    digest,
    '1700000000',
    'tag',
  ]);
  assert.deepEqual(trackPullCall({ repositoryId: 42, tag: undefined, digest }, 1_700_000_000).args, [
    '42',
    digest,
    '1700000000',
    'digest',
  ]);
});

test('a hash is read with its count as a number, a missing key as nothing', () => {
  assert.equal(parsePullEvent({}), undefined);
  assert.deepEqual(parsePullEvent({ repository_id: '42', pull_count: '7' }), {
    repository_id: '42',
    pull_count: 7,
  });
  for (const count of ['', '1.5', '1e3', 'many'])
    assert.ok(Number.isNaN(parsePullEvent({ pull_count: count })?.pull_count), count);
});
