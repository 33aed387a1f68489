import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPull } from '../src/check-pull.ts';

const GOOD = {
  repository: 'devtable/simple',
  tag: 'latest' as string | undefined,
  digest: `sha256:${'a'.repeat(64)}`,
  unixSeconds: 1_750_000_000,
};

test('what Quay serves can be tracked', () => {
  for (const change of [
    {},
    { tag: undefined },
    { tag: '_1.0-rc.1' },
    { tag: 'ü' },
    { tag: 'x'.repeat(128) },
    { repository: 'a/b/c' },
    { repository: 'simple' },
    { digest: 'sha256+b64u:AbCdEf' },
    { digest: `tarsum.v1+sha256:${'f'.repeat(238)}` },
  ])
    assert.equal(checkPull({ ...GOOD, ...change }), undefined, JSON.stringify(change));
});

test('a pull without a digest is told apart from a malformed one', () => {
  assert.equal(checkPull({ ...GOOD, digest: '' }), 'no_digest');
  for (const change of [
    { digest: 'latest' },
    { digest: 'sha256:xyz' },
    { digest: 'sha256:' },
    { digest: `sha256:${'a'.repeat(249)}` },
    { digest: `sha256:${'a'.repeat(64)}\n` },
    { tag: '' },
    { tag: 'a:b' },
    { tag: '.hidden' },
    { tag: 'x'.repeat(129) },
    { repository: 'a/b\0' },
    { repository: `a/${'b'.repeat(510)}` },
    { unixSeconds: 0 },
    { unixSeconds: -1 },
    { unixSeconds: 1.5 },
    { unixSeconds: Number.NaN },
  ])
    assert.equal(checkPull({ ...GOOD, ...change }), 'invalid', JSON.stringify(change));
});
