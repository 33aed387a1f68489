import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSnapshot } from '../src/index.ts';
import { faultsOf, SWITCH_NAME_EXPECTED } from './faults-of.ts';
import { snapshotJson } from './snapshot-json.ts';

test('names of the prototype are names like any other', () => {
  const owners = JSON.parse('{"__proto__": "go", "constructor": "go"}') as unknown;
  assert.deepEqual(faultsOf(snapshotJson({ owners })), [
    `owners.__proto__: ${SWITCH_NAME_EXPECTED}`,
    `owners.constructor: ${SWITCH_NAME_EXPECTED}`,
  ]);
  const canaries = JSON.parse('{"by_switch": {"__proto__": {"orgs": ["acme"]}}}') as unknown;
  assert.deepEqual(faultsOf(snapshotJson({ canaries })), [
    `canaries.by_switch.__proto__: ${SWITCH_NAME_EXPECTED}`,
  ]);
  assert.deepEqual(faultsOf(snapshotJson({ canaries: JSON.parse('{"__proto__": {}}') as unknown })), [
    'canaries: unknown field __proto__',
  ]);
  const inherited = JSON.parse(
    '{"version": 7, "updated_at": "2026-02-16T10:11:12Z", "__proto__": {"owners": {}}}',
  ) as unknown;
  assert.deepEqual(faultsOf(inherited), ['owners: expected an object of switch names to owners']);
});

test('names that cannot be told apart or sent are refused', () => {
  for (const name of ['a b', 'a,b', 'a\nb', ' a', '\ud800', 'a'.repeat(256), ''])
    assert.equal(faultsOf(snapshotJson({ canaries: { users: [name] } })).length, 1, JSON.stringify(name));
  const users = ['acme+robot', '$token', 'müller', '🐙', 'a'.repeat(255)];
  assert.deepEqual(
    parseSnapshot(snapshotJson({ canaries: { users } })).snapshot.canaries.general.users,
    users,
  );
});

test('too many switches or names are one fault', () => {
  const owners = Object.fromEntries(
    Array.from({ length: 2001 }, (_, at) => [`ROUTE_OWNER_ROUTE_${at}`, 'go']),
  );
  assert.deepEqual(faultsOf(snapshotJson({ owners })), ['owners: expected at most 2000 switches']);
  const bySwitch = Object.fromEntries(Object.keys(owners).map((name) => [name, {}]));
  assert.deepEqual(faultsOf(snapshotJson({ canaries: { by_switch: bySwitch } })), [
    'canaries.by_switch: expected at most 2000 switches',
  ]);
  const orgs = Array.from({ length: 10_001 }, (_, at) => `org${at}`);
  assert.deepEqual(faultsOf(snapshotJson({ canaries: { orgs } })), [
    'canaries.orgs: expected at most 10000 names',
  ]);
});

test('a file with a fault in every line gives a message that can be read', () => {
  const owners = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`${'x'.repeat(5000)}${at}`, 1]));
  const faults = faultsOf(snapshotJson({ owners }));
  assert.equal(faults.length, 101);
  assert.equal(faults.at(-1), ': and 1400 more faults');
  assert.ok(faults.join('; ').length < 50_000);
  const fields = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`field${at}`, 1]));
  const { warnings } = parseSnapshot(snapshotJson(fields));
  assert.deepEqual([warnings.length, warnings.at(-1)], [101, 'and 1400 more warnings']);
});

test('deep nesting and circular values are judged, not followed', () => {
  const nested = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;
  const circular: Record<string, unknown> = snapshotJson({ comment: nested });
  circular.itself = circular;
  assert.equal(parseSnapshot(circular).warnings.length, 2);
  assert.equal(
    parseSnapshot(snapshotJson({ owners: { ROUTE_OWNER_CAP_V2_PULL: circular } })).warnings.length,
    1,
  );
  assert.ok(faultsOf(snapshotJson({ canaries: circular })).length > 0);
  assert.ok(faultsOf(nested).length > 0);
});

test('an object that throws when it is read cannot be read', () => {
  const trap = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('trap');
      },
    },
  );
  assert.deepEqual(faultsOf(snapshotJson({ owners: trap })), [': cannot be read']);
});
