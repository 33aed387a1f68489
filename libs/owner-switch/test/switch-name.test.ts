import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QUAY_ROUTES } from '@quay-observability/registry-routes';
import {
  CAPABILITY_NAMES,
  createResolver,
  FAMILY_NAMES,
  isKnownSwitch,
  parseSnapshot,
  parseSwitchName,
  PROGRAMS,
  programOf,
} from '../src/index.ts';
import { snapshotJson } from './snapshot-json.ts';

function isKnown(name: string): boolean {
  const parsed = parseSwitchName(name);
  return parsed !== undefined && isKnownSwitch(parsed);
}

test('a switch name says its kind and whom it is about', () => {
  assert.deepEqual(parseSwitchName('ROUTE_OWNER_ROUTE_ROUTE_0327'), { kind: 'route', id: 'ROUTE_0327' });
  assert.deepEqual(parseSwitchName('ROUTE_OWNER_CAP_V2_PULL'), { kind: 'capability', id: 'V2_PULL' });
  assert.deepEqual(parseSwitchName('ROUTE_OWNER_FAMILY_OAUTH'), { kind: 'family', id: 'OAUTH' });
  assert.deepEqual(parseSwitchName('WORKER_OWNER_GCWORKER'), { kind: 'worker', id: 'GCWORKER' });
});

test('what has another form is no switch name', () => {
  for (const name of [
    '',
    'ROUTE_OWNER_',
    'ROUTE_OWNER_CAP_',
    'ROUTE_OWNER_V2_PULL',
    'ROUTE_OWNER_CAP_v2_pull',
    'ROUTE_OWNER_CAP_V2-PULL',
    ' ROUTE_OWNER_CAP_V2_PULL',
    'ROUTE_OWNER_CAP_V2_PULL\n',
    'route_owner_cap_v2_pull',
    `WORKER_OWNER_${'X'.repeat(129)}`,
    '__proto__',
  ])
    assert.equal(parseSwitchName(name), undefined, JSON.stringify(name));
});

test('capabilities, families and programs are known by their names', () => {
  for (const name of CAPABILITY_NAMES) assert.ok(isKnown(`ROUTE_OWNER_CAP_${name}`));
  for (const name of FAMILY_NAMES) assert.ok(isKnown(`ROUTE_OWNER_FAMILY_${name}`));
  for (const name of PROGRAMS) assert.ok(isKnown(`WORKER_OWNER_${name}`));
  for (const name of ['ROUTE_OWNER_CAP_TOSTRING', 'ROUTE_OWNER_FAMILY_V2', 'WORKER_OWNER_NGINX'])
    assert.equal(isKnown(name), false, name);
});

test('regression: a known route switch decides its route, HEAD views included', () => {
  for (const { endpoint, methods, family } of QUAY_ROUTES) {
    for (const method of methods) {
      const name = `ROUTE_OWNER_ROUTE_${endpoint.toUpperCase().replaceAll('.', '_')}_${method}`;
      assert.ok(isKnown(name), name);
      const { snapshot, warnings } = parseSnapshot(snapshotJson({ owners: { [name]: 'go' } }));
      assert.deepEqual(warnings, []);
      const { owner } = createResolver(snapshot).route({
        family: family === 'api' ? 'API_V1' : family === 'v1' ? 'REGISTRY_V1' : 'REGISTRY_V2',
        method,
        endpoint,
        repository: 'acme/app',
      });
      assert.equal(owner, 'go', name);
    }
  }
  assert.equal(isKnown('ROUTE_OWNER_ROUTE_V2_CHECK_BLOB_EXISTS_GET'), false, 'it has no GET');
});

test('a program is named as its supervisor program is, in capitals', () => {
  assert.equal(programOf('gcworker'), 'GCWORKER');
  assert.equal(programOf('ip-resolver-update-worker'), 'IP_RESOLVER_UPDATE_WORKER');
  assert.equal(new Set(PROGRAMS).size, PROGRAMS.length);
});
