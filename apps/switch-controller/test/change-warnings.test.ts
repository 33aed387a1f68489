import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_SNAPSHOT, type Snapshot } from '@quay-observability/owner-switch';
import { changeWarnings } from '../src/changes/change-warnings.ts';

function owning(owners: Record<string, string>, forcePython = false): Snapshot {
  return { ...EMPTY_SNAPSHOT, owners: new Map(Object.entries(owners)), forcePython };
}

test('a worker given to go whose work no app can do was published without a word', () => {
  const after = owning({ WORKER_OWNER_GCWORKER: 'go', WORKER_OWNER_GLOBALPROMSTATS: 'go' });
  assert.deepEqual(changeWarnings(EMPTY_SNAPSHOT, after), [
    'owners.WORKER_OWNER_GCWORKER: no app of this version does its work, so nobody will',
  ]);
  assert.deepEqual(changeWarnings(after, after), [], 'it is told once');
});

test('a rollback that releases the kill switch says so', () => {
  assert.equal(changeWarnings(owning({}, true), owning({})).length, 1);
  assert.deepEqual(changeWarnings(owning({}), owning({}, true)), []);
});
