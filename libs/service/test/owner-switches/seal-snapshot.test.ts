import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotToJson } from '@quay-observability/owner-switch';
import { sealSnapshot, unsealSnapshot } from '../../src/owner-switches/seal-snapshot.ts';
import { PULLS_TO_GO, snapshotOf } from './snapshots.ts';

const SOURCE = 'file /conf/switches.yaml';
const { snapshot } = snapshotOf(
  42,
  { ...PULLS_TO_GO, WORKER_OWNER_GCWORKER: 'off' },
  {
    updated_by: 'mia ☂',
    reason: 'try\nit',
    force_python: true,
    canaries: { orgs: ['acme'], percent: 12.5, by_switch: { ROUTE_OWNER_CAP_V2_PULL: { repos: ['a/b'] } } },
  },
);
const sealed = sealSnapshot(SOURCE, snapshot);

test('what is kept is read back whole', () => {
  assert.deepEqual(snapshotToJson(unsealSnapshot(SOURCE, sealed)), snapshotToJson(snapshot));
});

test('what comes from another source is not used', () => {
  assert.throws(
    () => unsealSnapshot('file /elsewhere', sealed),
    /it comes from another source than file \/elsewhere/,
  );
});

test('what is damaged anywhere is not used', () => {
  const bytes = Buffer.from(sealed);
  // The last byte is the line break after the snapshot, which says nothing.
  for (let at = 0; at < bytes.length - 1; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.throws(() => unsealSnapshot(SOURCE, damaged.toString('utf8')), `byte ${at}`);
  }
});

test('what is cut short is not used', () => {
  for (let length = 0; length < sealed.length - 1; length += 1)
    assert.throws(() => unsealSnapshot(SOURCE, sealed.slice(0, length)), `length ${length}`);
});

for (const text of [
  '',
  'null',
  '{}',
  '[]\n{}',
  '0',
  '\u0000',
  '{"format":"quay-observability owner switches 2"}\n{}',
])
  test(`${JSON.stringify(text)} is not used`, () => {
    assert.throws(() => unsealSnapshot(SOURCE, text), /it is damaged, or of another version/);
  });
