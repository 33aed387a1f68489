import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute } from '@quay-observability/registry-routes';
import { namePull, type ManifestAnswer } from '../src/index.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const LIBRARY = { namespace: 'library', enabled: true };

function answer(
  target: string,
  { digest = DIGEST, ...changes }: Partial<ManifestAnswer> & { digest?: string | null } = {},
): ManifestAnswer {
  const route = matchRoute('GET', target);
  assert.ok(route !== undefined && !('methodNotAllowed' in route));
  const header = (name: string): string | undefined =>
    name === 'docker-content-digest' ? (digest ?? undefined) : undefined;
  return { method: 'GET', route, status: 200, header, ...changes };
}

test('a pull by tag has the digest of the answer, in whole seconds', (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: 1_771_236_000_999 });
  const pull = { repository: 'ns/repo', tag: 'v1', unixSeconds: 1_771_236_000 };
  const target = '/v2/ns/repo/manifests/v1';
  assert.deepEqual(namePull(answer(target), LIBRARY), { ...pull, digest: DIGEST });
  assert.deepEqual(namePull(answer(target, { digest: null }), LIBRARY), { ...pull, digest: '' });
});

test('without a library, a name without namespace stays as it is', () => {
  const pull = namePull(answer('/v2/ubuntu/manifests/v1'), { ...LIBRARY, enabled: false });
  assert.equal(pull?.repository, 'ubuntu');
});

test('a pull by digest knows its digest even if the answer does not tell it', () => {
  const pull = namePull(answer(`/v2/ubuntu/manifests/${DIGEST}`, { digest: null, method: 'HEAD' }), LIBRARY);
  assert.deepEqual([pull?.repository, pull?.tag, pull?.digest], ['library/ubuntu', undefined, DIGEST]);
});

test('what is no successful pull of a manifest is not tracked', () => {
  const tagged = '/v2/ns/repo/manifests/v1';
  for (const given of [
    answer(tagged, { status: 304 }),
    answer(tagged, { status: 404 }),
    answer(tagged, { method: 'OPTIONS' }),
    answer(`/v2/ns/repo/blobs/${DIGEST}`),
  ])
    assert.equal(namePull(given, LIBRARY), undefined);
});
