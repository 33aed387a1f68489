import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffSnapshots, parseSnapshot, type SnapshotChange } from '../src/index.ts';
import { anySnapshot, anySwitchName, type SelectorsJson, type SnapshotJson } from './arbitraries.ts';
import { snapshotJson } from './snapshot-json.ts';

function diff(before: unknown, after: unknown): SnapshotChange[] {
  return diffSnapshots(parseSnapshot(before).snapshot, parseSnapshot(after).snapshot);
}

test('a snapshot does not differ from itself, nor do version, author and reason', () => {
  fc.assert(
    fc.property(anySnapshot(), (json) => {
      assert.deepEqual(diff(json, json), []);
      assert.deepEqual(diff(json, { ...json, version: 1, updated_by: 'x', reason: 'y' }), []);
    }),
  );
});

test('one switch that is set, changed or removed is one change', () => {
  const owners = fc.constantFrom('python', 'go', 'off', null);
  fc.assert(
    fc.property(anySnapshot(), anySwitchName, owners, owners, (json, name, from, to) => {
      const withOwner = (owner: string | null): SnapshotJson => {
        const others = Object.fromEntries(Object.entries(json.owners).filter(([each]) => each !== name));
        return { ...json, owners: owner === null ? others : { ...others, [name]: owner } };
      };
      const expected = from === to ? [] : [{ field: name, from, to }];
      assert.deepEqual(diff(withOwner(from), withOwner(to)), expected);
    }),
  );
});

test('the changes say exactly what differs, in the order of the fields', () => {
  fc.assert(
    fc.property(anySnapshot(), anySnapshot(), (before, after) => {
      const old = fieldsOf(before);
      const fresh = fieldsOf(after);
      const expected = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
        .filter((field) => old[field] !== fresh[field])
        .sort()
        .map((field) => ({ field, from: old[field] ?? null, to: fresh[field] ?? null }));
      assert.deepEqual(diff(before, after), expected);
    }),
    { numRuns: 1000 },
  );
});

test('the way back is the changes turned round', () => {
  fc.assert(
    fc.property(anySnapshot(), anySnapshot(), (before, after) => {
      const back = diff(after, before).map(({ field, from, to }) => ({ field, from: to, to: from }));
      assert.deepEqual(back, diff(before, after));
    }),
  );
});

test('canaries are listed by selector, in one order and without repetition', () => {
  const before = snapshotJson({ canaries: { orgs: ['b', 'a', 'a'], percent: 5 } });
  const after = snapshotJson({
    force_python: true,
    canaries: {
      orgs: ['a', 'b'],
      users: ['zoe', 'al'],
      by_switch: { ROUTE_OWNER_CAP_V2_PULL: { percent: 0 } },
    },
  });
  assert.deepEqual(diff(before, after), [
    { field: 'canaries.by_switch.ROUTE_OWNER_CAP_V2_PULL.percent', from: null, to: '0' },
    { field: 'canaries.percent', from: '5', to: null },
    { field: 'canaries.users', from: null, to: 'al, zoe' },
    { field: 'force_python', from: 'false', to: 'true' },
  ]);
});

test('regression: taking a switch out of the general canary shows, though it adds no selector', () => {
  const before = snapshotJson({ canaries: { orgs: ['acme'] } });
  const after = snapshotJson({ canaries: { orgs: ['acme'], by_switch: { ROUTE_OWNER_CAP_V2_PULL: {} } } });
  assert.deepEqual(diff(before, after), [
    { field: 'canaries.by_switch.ROUTE_OWNER_CAP_V2_PULL', from: null, to: 'everybody' },
  ]);
});

/** The fields that a difference can have, by their paths in the JSON. */
function fieldsOf({ force_python: forcePython, owners, canaries }: SnapshotJson): Record<string, string> {
  const { by_switch: bySwitch, ...general } = canaries;
  return {
    ...owners,
    force_python: `${forcePython}`,
    ...selectorFields('canaries', general),
    ...Object.fromEntries(
      Object.entries(bySwitch).flatMap(([name, selectors]) => {
        const path = `canaries.by_switch.${name}`;
        const fields = Object.entries(selectorFields(path, selectors));
        return fields.length > 0 ? fields : [[path, 'everybody']];
      }),
    ),
  };
}

function selectorFields(path: string, { percent, ...lists }: SelectorsJson): Record<string, string> {
  const named = Object.entries(lists)
    .filter(([, names]) => names.length > 0)
    .map(([field, names]) => [`${path}.${field}`, [...names].sort().join(', ')]);
  const share = percent === undefined ? [] : [[`${path}.percent`, `${percent}`]];
  return Object.fromEntries([...named, ...share]) as Record<string, string>;
}
