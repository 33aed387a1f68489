import assert from 'node:assert/strict';
import { parseSnapshot, SnapshotError } from '../src/index.ts';

/** `field: problem` for each fault. */
export function faultsOf(value: unknown): string[] {
  try {
    parseSnapshot(value);
  } catch (error) {
    assert.ok(error instanceof SnapshotError);
    assert.equal(error.code, 'SNAPSHOT_INVALID');
    return error.faults.map(({ field, problem }) => `${field}: ${problem}`);
  }
  throw new Error('the snapshot was accepted');
}

export const SWITCH_NAME_EXPECTED =
  'expected a name that begins with ROUTE_OWNER_ROUTE_, ROUTE_OWNER_CAP_, ROUTE_OWNER_FAMILY_ or WORKER_OWNER_, in capitals';
