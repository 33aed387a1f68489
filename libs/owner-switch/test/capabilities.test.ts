import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute, QUAY_ROUTES } from '@quay-observability/registry-routes';
import {
  CAPABILITIES,
  CAPABILITY_NAMES,
  describeRoute,
  FAMILIES,
  familyOfPath,
  REGISTRY_ROUTES,
} from '../src/index.ts';

const registryEndpoints = new Map(
  QUAY_ROUTES.filter(({ family }) => family !== 'api').map(({ endpoint, family }) => [endpoint, family]),
);

test('every endpoint of v1 and v2 has a capability of its own family', () => {
  for (const [endpoint, family] of registryEndpoints) {
    const route = REGISTRY_ROUTES[endpoint];
    assert.ok(route !== undefined, endpoint);
    assert.equal(CAPABILITIES[route.capability], family === 'v1' ? 'REGISTRY_V1' : 'REGISTRY_V2', endpoint);
  }
});

test('no endpoint has a capability that Quay does not register', () => {
  assert.deepEqual(
    Object.keys(REGISTRY_ROUTES).filter((endpoint) => !registryEndpoints.has(endpoint)),
    [],
  );
});

test("the plan's numbers run without gap or repetition, one for each rule", () => {
  const ids = Object.values(REGISTRY_ROUTES).flatMap(({ planIds }) => planIds);
  const expected = Array.from({ length: 43 }, (_, at) => `ROUTE_0${295 + at}`);
  assert.deepEqual([...ids].sort(), expected);
  assert.equal(QUAY_ROUTES.filter(({ family }) => family !== 'api').length, expected.length);
});

test('every capability but the rests of families has a route', () => {
  const used = new Set(Object.values(REGISTRY_ROUTES).map(({ capability }) => capability));
  const unused = CAPABILITY_NAMES.filter(
    (name) => CAPABILITIES[name].startsWith('REGISTRY') && !used.has(name),
  );
  assert.deepEqual(unused, ['V2_OTHER']);
  for (const family of Object.keys(FAMILIES))
    assert.ok(Object.values<string>(CAPABILITIES).includes(family), family);
});

test('a path lies in the family of its first segment', () => {
  const cases: [string, string][] = [
    ['/v2/', 'REGISTRY_V2'],
    ['/v2', 'REGISTRY_V2'],
    ['/v2.1/x', 'OTHER'],
    ['/v1/repositories/a/b/images', 'REGISTRY_V1'],
    ['/api/v1/user/', 'API_V1'],
    ['/apiary', 'OTHER'],
    ['/oauth/authorize', 'OAUTH'],
    ['/oauth2/github/callback', 'OAUTH'],
    ['/webhooks/push/trigger/1', 'WEBHOOKS'],
    ['/keys/services/quay/keys', 'KEYS'],
    ['/secscan/notify', 'SECSCAN'],
    ['/realtime/user/events', 'REALTIME'],
    ['/.well-known/app-capabilities', 'WELLKNOWN'],
    ['/V2/', 'OTHER'],
    ['/__proto__', 'OTHER'],
    ['/', 'OTHER'],
    ['', 'OTHER'],
  ];
  for (const [path, family] of cases) assert.equal(familyOfPath(path), family, path);
});

test('a route is described from what the matcher says of a request', () => {
  const match = matchRoute('HEAD', '/v2/acme/app/manifests/latest');
  assert.ok(match !== undefined && 'endpoint' in match);
  assert.deepEqual(describeRoute(familyOfPath(match.path), 'HEAD', match.endpoint), {
    capability: 'V2_PULL',
    family: 'REGISTRY_V2',
    ids: ['ROUTE_0327', '0327', 'V2_FETCH_MANIFEST_BY_TAGNAME_GET', 'V2_FETCH_MANIFEST_BY_TAGNAME'],
  });
  assert.deepEqual(describeRoute('API_V1', 'PUT', 'api.repository'), {
    capability: 'API_V1_WRITE',
    family: 'API_V1',
    ids: ['API_REPOSITORY_PUT', 'API_REPOSITORY'],
  });
  assert.deepEqual(describeRoute('OTHER', 'GET', undefined), {
    capability: 'OTHER',
    family: 'OTHER',
    ids: [],
  });
});
