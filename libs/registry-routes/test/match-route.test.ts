import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUAY_ROUTES, createRouteMatcher, matchRoute } from '../src/index.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

const matchAny = createRouteMatcher(['v1', 'v2', 'api']);

/** `endpoint key=value ...`, `405` or `none`. */
function verdict(method: string, target: string, matches = matchRoute): string {
  const match = matches(method, target);
  if (match === undefined) return 'none';
  if ('methodNotAllowed' in match) return '405';
  const params = Object.entries(match.params).map(([name, value]) => `${name}=${value}`);
  return [match.endpoint, ...params.sort()].join(' ');
}

const CASES: [string, string, string][] = [
  ['GET', '/v2/', 'v2.v2_support_enabled'],
  ['GET', '/v2', 'none'],
  ['POST', '/v2/', '405'],
  ['GET', '/v2/_catalog?n=5', 'v2.catalog_search'],
  [
    'GET',
    '/v2/library/manifests/latest',
    'v2.fetch_manifest_by_tagname manifest_ref=latest repository=library',
  ],
  ['HEAD', '/v2/a/b/c/manifests/v1', 'v2.fetch_manifest_by_tagname manifest_ref=v1 repository=a/b/c'],
  ['GET', `/v2/a/b/manifests/${DIGEST}`, `v2.fetch_manifest_by_digest manifest_ref=${DIGEST} repository=a/b`],
  [
    'GET',
    '/v2/a/b/manifests/sha256%3aAB',
    'v2.fetch_manifest_by_digest manifest_ref=sha256:AB repository=a/b',
  ],
  ['GET', '/v2/a/b/manifests/sha256:xyz', 'none'],
  ['GET', '/v2/a%2Fb/manifests/v1', 'v2.fetch_manifest_by_tagname manifest_ref=v1 repository=a/b'],
  ['OPTIONS', '/v2/a/manifests/v1', 'v2.fetch_manifest_by_tagname manifest_ref=v1 repository=a'],
  ['POST', '/v2/a/manifests/v1', '405'],
  ['HEAD', `/v2/a/blobs/${DIGEST}`, `v2.check_blob_exists digest=${DIGEST} repository=a`],
  ['GET', `/v2/a/blobs/${DIGEST}`, `v2.download_blob digest=${DIGEST} repository=a`],
  ['DELETE', `/v2/a/blobs/anything`, 'v2.delete_digest digest=anything repository=a'],
  ['POST', '/v2/a/blobs/uploads/', 'v2.start_blob_upload repository=a'],
  ['POST', '/v2/a/blobs/uploads', 'none'],
  ['GET', '/v2/a/blobs/uploads/', '405'],
  ['GET', '/v2/a/blobs/uploads', '405'],
  ['DELETE', '/v2/a/blobs/uploads', 'v2.delete_digest digest=uploads repository=a'],
  ['PATCH', '/v2/a/b/blobs/uploads/u-1', 'v2.upload_chunk repository=a/b upload_uuid=u-1'],
  ['GET', '/v2/auth/tags/list', 'v2.list_all_tags repository=auth'],
  ['GET', '/v2/a/tags/list/', 'none'],
  ['GET', '/v2/a//tags/list', 'none'],
  ['POST', '/v2/a//tags/list', '405'],
  ['GET', '//v2/auth', 'v2.generate_registry_jwt'],
  ['GET', '/v2/manifests/latest', 'none'],
  [
    'GET',
    `/v2/a/manifests/${'t'.repeat(128)}`,
    `v2.fetch_manifest_by_tagname manifest_ref=${'t'.repeat(128)} repository=a`,
  ],
  ['GET', `/v2/a/manifests/${'t'.repeat(129)}`, 'none'],
  ['PUT', '/v1/repositories/a/tags/', 'none'],
  ['PUT', '/v1/repositories/a/b/', 'v1.create_repository repository=a/b'],
  ['GET', '/v1/repositories/a/tags/images', 'v1.get_repository_images repository=a/tags'],
  ['PUT', '/v1/repositories/a/b/tags/v1', 'v1.put_tag repository=a/b tag=v1'],
  ['GET', '/v1/images/abc/layer', 'v1.get_image_layer image_id=abc'],
  ['HEAD', '/v1/images/abc/layer', 'v1.head_image_layer image_id=abc'],
  ['PUT', '/v1/users/me/', 'v1.update_user username=me'],
  ['PUT', '/v1/users/me', 'none'],
  ['GET', '/v1/users', 'v1.get_user'],
  ['POST', '/v1/users/', 'v1.create_user'],
  ['GET', '/', 'none'],
  ['GET', '', 'none'],
  ['GET', '/api/v1/plans/', 'none'],
];

const API = '/api/v1';
const API_CASES: [string, string, string][] = [
  ['GET', `${API}/repository`, 'api.repositorylist'],
  ['GET', `${API}/repository/`, 'none'],
  ['GET', `${API}/repository/a`, 'none'],
  ['GET', `${API}/repository/a/b?x=1`, 'api.repository repository=a/b'],
  ['GET', `${API}/repository/mirror/health`, 'api.repositorymirrorhealth'],
  ['PUT', `${API}/repository/mirror/health`, 'api.repository repository=mirror/health'],
  ['POST', `${API}/repository/a/b/changetrust`, 'api.repositorytrust repository=a/b'],
  ['GET', `${API}/repository/a/b/changetrust`, 'api.repository repository=a/b/changetrust'],
  ['GET', `${API}/repository/a/b/tag/`, 'api.listrepositorytags repository=a/b'],
  ['GET', `${API}/repository/a/b/tag`, 'none'],
  ['PUT', `${API}/repository/a/b/tag/v1`, 'api.repositorytag repository=a/b tag=v1'],
  ['GET', `${API}/organization/acme`, 'api.organization orgname=acme'],
  [
    'DELETE',
    `${API}/organization/acme/team/a/members/b`,
    'api.teammember membername=b orgname=acme teamname=a',
  ],
  ['GET', `${API}/superuser/users/logs`, 'api.superusermanagement username=logs'],
  ['GET', `${API}/superuser/x/logs`, 'api.superuserrepositorybuildlogs build_uuid=x'],
  ['GET', `${API}/superuser/keys/status`, 'api.superuserservicekey kid=status'],
  ['GET', `${API}/user`, 'none'],
  ['GET', `${API}/user/`, 'api.user'],
  ['GET', `${API}/signin`, '405'],
  ['GET', '/api/v2/user/', 'none'],
  ['GET', `/v2/a/manifests/v1`, 'v2.fetch_manifest_by_tagname manifest_ref=v1 repository=a'],
];

for (const [cases, matches] of [
  [CASES, matchRoute],
  [API_CASES, matchAny],
] as const)
  for (const [method, target, expected] of cases) {
    test(`${method} ${target.slice(0, 80)} -> ${expected.slice(0, 60)}`, () => {
      assert.equal(verdict(method, target, matches), expected);
    });
  }

test('a matcher knows the rules of its families only', () => {
  assert.equal(verdict('GET', '/v2/', createRouteMatcher(['api'])), 'none');
  assert.equal(verdict('GET', '/v2/', createRouteMatcher(['v2'])), 'v2.v2_support_enabled');
  assert.equal(verdict('GET', '/v1/_ping', createRouteMatcher(['v2'])), 'none');
});

test('every rule matches a path made from it', () => {
  const values: Record<string, string> = {
    repopath: 'ns/name',
    apirepopath: 'ns/name',
    v1createrepopath: 'ns/name',
    digest: DIGEST,
    tag: 'v1',
    default: 'word',
  };
  for (const { family, methods, rule, endpoint } of QUAY_ROUTES) {
    const path = rule.replace(
      /<(?:(\w+):)?\w+>/g,
      (_, converter: string | undefined) => values[converter ?? 'default'] ?? '',
    );
    for (const method of methods) {
      const match = matchAny(method, path);
      assert.ok(match !== undefined && !('methodNotAllowed' in match), `${method} ${path}`);
      assert.equal(match.endpoint, endpoint);
      assert.equal(match.family, family);
    }
  }
});

test('hostile paths neither throw nor take long', () => {
  const long = '/v2/' + 'a/'.repeat(20_000) + 'manifests/latest';
  const match = matchAny('GET', long);
  assert.ok(match !== undefined && !('methodNotAllowed' in match));
  for (const target of [
    '/v2/%',
    '/v2/%F0%9F',
    '/v2/\u0000',
    '?',
    '//',
    '/v2/' + '/'.repeat(10_000),
    `${API}/repository/` + 'a/'.repeat(20_000),
    `${API}/organization/__proto__/team/constructor`,
    '/v2/__proto__/manifests/constructor',
  ]) {
    assert.doesNotThrow(() => matchAny('GET', target));
  }
});
