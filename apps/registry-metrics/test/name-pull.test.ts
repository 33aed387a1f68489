import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPull } from '@quay-observability/registry-counting';
import { matchRoute } from '@quay-observability/registry-routes';
import { namePull } from '../src/name-pull.ts';

const LIBRARY = { namespace: 'library', enabled: true };
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What is tracked of this request, answered so. */
function tracked(
  method: string,
  target: string,
  status: number,
  { digest, library = LIBRARY }: { digest?: string; library?: typeof LIBRARY } = {},
) {
  const route = matchRoute(method, target);
  assert.ok(route !== undefined && !('methodNotAllowed' in route), target);
  const pull = countPull(route.endpoint, method, status);
  return pull && namePull(pull, route, digest, library, 1_750_000_000_999);
}

const pull = (repository: string, tag: string | undefined, digest: string) => ({
  repository,
  tag,
  digest,
  unixSeconds: 1_750_000_000,
});

test('a manifest by tag is named with the digest of the answer, GET and HEAD alike', () => {
  for (const method of ['GET', 'HEAD'])
    assert.deepEqual(
      tracked(method, '/v2/devtable/a/b/manifests/v1', 200, { digest: DIGEST }),
      pull('devtable/a/b', 'v1', DIGEST),
    );
  assert.deepEqual(tracked('GET', '/v2/devtable/a/manifests/v1', 200), pull('devtable/a', 'v1', ''));
});

test('a manifest by digest is named by the answer, and without a digest there by the request', () => {
  const target = `/v2/devtable/a/manifests/${DIGEST}`;
  assert.deepEqual(tracked('HEAD', target, 200), pull('devtable/a', undefined, DIGEST));
  const other = `sha512:${'b'.repeat(128)}`;
  assert.deepEqual(tracked('GET', target, 200, { digest: other }), pull('devtable/a', undefined, other));
});

test('a name without namespace is of the library, where there is one', () => {
  const options = { digest: DIGEST };
  assert.deepEqual(
    tracked('GET', '/v2/ubuntu/manifests/v1', 200, options),
    pull('library/ubuntu', 'v1', DIGEST),
  );
  const library = { ...LIBRARY, enabled: false };
  assert.deepEqual(
    tracked('GET', '/v2/ubuntu/manifests/v1', 200, { ...options, library }),
    pull('ubuntu', 'v1', DIGEST),
  );
});

test('nothing else is tracked: no failure, no pull of v1', () => {
  assert.equal(tracked('GET', '/v2/devtable/a/manifests/v1', 404), undefined);
  assert.equal(tracked('GET', '/v2/devtable/a/manifests/v1', 400), undefined);
  assert.equal(tracked('GET', '/v1/repositories/devtable/a/images', 200), undefined);
});
