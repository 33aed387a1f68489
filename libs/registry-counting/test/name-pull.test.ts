import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute } from '@quay-observability/registry-routes';
import { namePull, type ManifestAnswer } from '../src/index.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const LIBRARY = { namespace: 'library', enabled: true };

function answer(target: string, changes: Partial<ManifestAnswer> = {}): ManifestAnswer {
  const route = matchRoute('GET', target);
  assert.ok(route !== undefined && !('methodNotAllowed' in route));
  return { method: 'GET', route, status: 200, digest: DIGEST, unixMs: 1_771_236_000_999, ...changes };
}

test('a pull by tag has the digest of the answer, in whole seconds', () => {
  assert.deepEqual(namePull(answer('/v2/ns/repo/manifests/v1'), LIBRARY), {
    repository: 'ns/repo',
    tag: 'v1',
    digest: DIGEST,
    unixSeconds: 1_771_236_000,
  });
});

test('a pull by digest knows its digest even if the answer does not tell it', () => {
  const pull = namePull(
    answer(`/v2/ubuntu/manifests/${DIGEST}`, { digest: undefined, method: 'HEAD' }),
    LIBRARY,
  );
  assert.deepEqual([pull?.repository, pull?.tag, pull?.digest], ['library/ubuntu', undefined, DIGEST]);
});

test('what is no successful pull of a manifest is not tracked', () => {
  const tagged = '/v2/ns/repo/manifests/v1';
  for (const given of [
    answer(tagged, { status: 304 }),
    answer(tagged, { status: 404 }),
    answer(tagged, { method: 'OPTIONS' }),
    answer(tagged, { digest: undefined }),
    answer(tagged, { digest: 'nonsense' }),
    answer(`/v2/ns/repo/blobs/${DIGEST}`),
  ])
    assert.equal(namePull(given, LIBRARY), undefined);
});
