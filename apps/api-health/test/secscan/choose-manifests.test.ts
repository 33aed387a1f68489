import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseManifests } from '../../src/secscan/choose-manifests.ts';

const ARRIVED = 1_000_000;
const at = { arrivedAtMs: ARRIVED, rememberMs: 100_000 };
const row = (id: number, pushedAtMs?: number, scannedAtMs?: number) => ({ id, pushedAtMs, scannedAtMs });

void test('candidates are the pushed manifests without a scan on record, in their order', () => {
  assert.deepEqual(chooseManifests([row(1, 10), row(2, 20, 30), row(3), row(4, 40)], at), [
    { id: 1, pushedAtMs: 10 },
    { id: 4, pushedAtMs: 40 },
  ]);
});

void test('without a candidate the reason is told', () => {
  assert.equal(chooseManifests([], at), 'unknown_manifest');
  assert.equal(chooseManifests([row(1, 10, 20)], at), 'already_scanned');
  assert.equal(chooseManifests([row(1), row(2, 10, 20)], at), 'no_push_time');
});

void test('an outcome written since the request arrived is taken for this one only of what was pushed lately', () => {
  assert.deepEqual(chooseManifests([row(1, ARRIVED - 100_000, ARRIVED)], at), [
    { id: 1, pushedAtMs: ARRIVED - 100_000 },
  ]);
  assert.equal(chooseManifests([row(1, ARRIVED - 100_001, ARRIVED + 5)], at), 'late');
  assert.equal(chooseManifests([row(1, ARRIVED - 10, ARRIVED - 1)], at), 'already_scanned');
});
