import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSnapshot } from '../src/index.ts';
import { faultsOf, SWITCH_NAME_EXPECTED } from './faults-of.ts';
import { snapshotJson } from './snapshot-json.ts';

test('the smallest snapshot leaves everything to the defaults', () => {
  const { snapshot, warnings } = parseSnapshot(snapshotJson());
  assert.deepEqual(snapshot, {
    version: 7,
    updatedAt: '2026-02-16T10:11:12.000Z',
    updatedBy: undefined,
    reason: undefined,
    forcePython: false,
    owners: new Map(),
    canaries: { general: { orgs: [], repos: [], users: [], percent: undefined }, bySwitch: new Map() },
  });
  assert.deepEqual(warnings, []);
});

test('a full snapshot is read field by field', () => {
  const { snapshot, warnings } = parseSnapshot({
    version: 41,
    updated_at: '2026-02-16T12:11:12.5+02:00',
    updated_by: 'alice',
    reason: 'first pulls',
    force_python: true,
    owners: {
      ROUTE_OWNER_CAP_V2_PULL: 'go',
      WORKER_OWNER_GCWORKER: 'off',
      ROUTE_OWNER_ROUTE_ROUTE_0327: 'python',
    },
    canaries: {
      orgs: ['acme'],
      percent: 0.5,
      by_switch: { ROUTE_OWNER_CAP_V2_PULL: { repos: ['acme/app'], users: ['acme+ci'] } },
    },
  });
  assert.equal(snapshot.updatedAt, '2026-02-16T10:11:12.500Z');
  assert.deepEqual(
    [snapshot.version, snapshot.updatedBy, snapshot.reason, snapshot.forcePython],
    [41, 'alice', 'first pulls', true],
  );
  assert.deepEqual(
    [...snapshot.owners],
    [
      ['ROUTE_OWNER_CAP_V2_PULL', 'go'],
      ['WORKER_OWNER_GCWORKER', 'off'],
      ['ROUTE_OWNER_ROUTE_ROUTE_0327', 'python'],
    ],
  );
  assert.deepEqual(snapshot.canaries, {
    general: { orgs: ['acme'], repos: [], users: [], percent: 0.5 },
    bySwitch: new Map([
      ['ROUTE_OWNER_CAP_V2_PULL', { orgs: [], repos: ['acme/app'], users: ['acme+ci'], percent: undefined }],
    ]),
  });
  assert.deepEqual(warnings, []);
});

test('what is no object is refused', () => {
  for (const value of [undefined, null, '', 'text', 5, true, [], [snapshotJson()], new Map()])
    assert.ok(faultsOf(value).length > 0);
  assert.deepEqual(faultsOf(undefined), [': expected an object with version, updated_at and owners']);
});

test('every fault is listed at once, names of switches beside values', () => {
  const value = {
    version: 0,
    updated_at: 'yesterday',
    updated_by: 5,
    reason: 'x'.repeat(1001),
    force_python: 'yes',
    owners: { v2_pull: 'go', ROUTE_OWNER_CAP_V2_PULL: 'go' },
    canaries: {
      orgs: 'acme',
      repos: ['acme/app', 5],
      percent: 101,
      teams: [],
      by_switch: { pull: {}, ROUTE_OWNER_CAP_V2_PULL: { percent: -1, orgs: [''] } },
    },
  };
  assert.deepEqual(faultsOf(value).sort(), [
    'canaries.by_switch.ROUTE_OWNER_CAP_V2_PULL.orgs.0: expected a name of 1 to 255 characters without spaces or commas',
    'canaries.by_switch.ROUTE_OWNER_CAP_V2_PULL.percent: expected 0 or more',
    `canaries.by_switch.pull: ${SWITCH_NAME_EXPECTED}`,
    'canaries.orgs: expected a list of names',
    'canaries.percent: expected 100 or less',
    'canaries.repos.1: expected a name as text',
    'canaries: unknown field teams',
    'force_python: expected true or false',
    `owners.v2_pull: ${SWITCH_NAME_EXPECTED}`,
    'reason: expected at most 1000 characters',
    'updated_at: expected a time as in 2026-02-16T10:11:12Z',
    'updated_by: expected a string',
    'version: expected a whole number of 1 or more, with at most 15 digits',
  ]);
});

test('a version is a whole number of 1 or more with at most 15 digits', () => {
  for (const version of [0, -1, 1.5, Number.NaN, Infinity, 1e15, 2 ** 53, 5n, '5', null, true])
    assert.deepEqual(faultsOf(snapshotJson({ version })), [
      'version: expected a whole number of 1 or more, with at most 15 digits',
    ]);
  assert.equal(parseSnapshot(snapshotJson({ version: 1e15 - 1 })).snapshot.version, 1e15 - 1);
});

test('a time has a zone, exists in the calendar, and comes out in UTC', () => {
  const times = [
    '2026-02-16T10:11:12',
    '2026-02-30T10:11:12Z',
    '2026-02-16T24:00:00Z',
    '2026-02-16T23:59:60Z',
    '2026-02-16',
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
    1_771_236_672,
    null,
  ];
  for (const time of times) {
    assert.deepEqual(faultsOf(snapshotJson({ updated_at: time })), [
      'updated_at: expected a time as in 2026-02-16T10:11:12Z',
    ]);
  }
  const { snapshot } = parseSnapshot(snapshotJson({ updated_at: '2024-02-29T23:30:00.123456-01:00' }));
  assert.equal(snapshot.updatedAt, '2024-03-01T00:30:00.123Z');
});

test('a percentage is a number from 0 to 100, and a negative zero is zero', () => {
  for (const percent of [Number.NaN, Infinity, -0.1, 100.1, '5', null, 5n])
    assert.equal(faultsOf(snapshotJson({ canaries: { percent } })).length, 1);
  const { snapshot } = parseSnapshot(snapshotJson({ canaries: { percent: -0 } }));
  assert.ok(Object.is(snapshot.canaries.general.percent, 0));
});

test('a null is no default: a YAML file that ends after a key must not widen or empty anything', () => {
  for (const field of ['owners', 'canaries', 'force_python'])
    assert.equal(faultsOf(snapshotJson({ [field]: null })).length, 1, field);
  for (const field of ['orgs', 'repos', 'users', 'percent', 'by_switch'])
    assert.equal(faultsOf(snapshotJson({ canaries: { [field]: null } })).length, 1, field);
});
