import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteQuestion } from '@quay-observability/owner-switch';
import { createRouteMatcher, type RouteMatch } from '@quay-observability/registry-routes';
import { createDecideOwner } from '../src/decide-owner.ts';

const matches = createRouteMatcher(['v1', 'v2', 'api']);
const asked: RouteQuestion[] = [];
const decide = createDecideOwner({
  switches: {
    route: (question) => {
      asked.push(question);
      return { capability: 'OTHER', owner: 'go', source: 'family', switchName: undefined };
    },
  },
  library: { namespace: 'library', enabled: true },
});

/** What the switches are asked about a request. */
function questionOf(method: string, target: string, rawHeaders: readonly string[] = []) {
  const match = matches(method, target);
  const route: RouteMatch | undefined =
    match === undefined || 'methodNotAllowed' in match ? undefined : match;
  const request = { method, target, rawHeaders, headers: {}, clientAddress: '', arrivedAtMs: 0 };
  assert.equal(decide(request, route), 'go');
  const { user, ...question } = asked.at(-1)!;
  return { ...question, user: user?.() };
}

test('a route has its family, endpoint, repository or namespace', () => {
  const user = undefined;
  assert.deepEqual(questionOf('GET', '/v2/ubuntu/manifests/latest?n=1'), {
    ...{ family: 'REGISTRY_V2', method: 'GET', endpoint: 'v2.fetch_manifest_by_tagname' },
    ...{ repository: 'library/ubuntu', namespace: undefined, user },
  });
  assert.deepEqual(questionOf('PUT', '/api/v1/repository/acme/app'), {
    ...{ family: 'API_V1', method: 'PUT', endpoint: 'api.repository' },
    ...{ repository: 'acme/app', namespace: undefined, user },
  });
  assert.deepEqual(questionOf('GET', '/api/v1/organization/acme/members'), {
    ...{ family: 'API_V1', method: 'GET', endpoint: 'api.organizationmemberlist' },
    ...{ repository: undefined, namespace: 'acme', user },
  });
  assert.equal(questionOf('GET', '/api/v1/superuser/users/acme/quota').namespace, 'acme');
});

test('what matches no rule belongs to the family of its path, encoded or not', () => {
  const families = (paths: string[]) => paths.map((path) => questionOf('GET', path).family);
  assert.deepEqual(families(['/api/v1/nothing', '/%61pi/v1/nothing', '/api', '/apis', '/oauth/authorize']), [
    ...['API_V1', 'API_V1', 'API_V1', 'OTHER', 'OAUTH'],
  ]);
  assert.equal(questionOf('PATCH', '/api/v1/plans/').endpoint, undefined, 'a 405');
});

test('the user is looked for only when it is asked for', () => {
  const authorization = `Basic ${Buffer.from('acme+robot:password').toString('base64')}`;
  assert.equal(questionOf('GET', '/api/v1/user/', ['Authorization', authorization]).user, 'acme+robot');
  assert.equal(questionOf('GET', '/api/v1/user/', ['Cookie', 'session=abc']).user, undefined);
});
