import assert from 'node:assert/strict';
import { referencesFrom, type TableName } from '@quay-observability/quay-schema';
import type { RowTally } from '../../src/steps/row-tally.ts';
import type { Dump } from './registry-database.ts';
import type { Row } from './registry-rows.ts';

/** Asserts table by table, so that a difference is small enough to read. */
export function assertSameTables(actual: Dump, expected: Dump, what: string): void {
  for (const table of Object.keys(expected) as TableName[])
    assert.deepEqual(actual[table], expected[table], `${what}: ${table}`);
}

/** References to rows that are not there, among the tables of the dump: `table.column -> target id`. */
export function danglingReferences(dump: Dump): string[] {
  const ids = new Map(
    Object.entries(dump).map(([table, rows]) => [table, new Set(rows.map(({ id }) => id))]),
  );
  return (Object.keys(dump) as TableName[]).flatMap((table) =>
    referencesFrom(table).flatMap(({ column, target }) => {
      const targets = ids.get(target);
      if (targets === undefined) return [];
      return dump[table]
        .map((row) => row[column])
        .filter((id) => id !== null && id !== undefined && !targets.has(Number(id)))
        .map((id) => `${table}.${column} -> ${target} ${String(id)}`);
    }),
  );
}

/** The tables of which rows were counted since `before`. */
export function nonZero(now: RowTally, before: RowTally = {}): RowTally {
  return Object.fromEntries(
    Object.entries(now)
      .map(([table, rows]) => [table, rows - (before[table as keyof RowTally] ?? 0)] as const)
      .filter(([, rows]) => rows !== 0),
  );
}

/** Files that a storage row still has a placement for, which were there before and are not now. */
export function missingFiles(dump: Dump, before: readonly string[], now: readonly string[]): string[] {
  const gone = new Set(before);
  for (const file of now) gone.delete(file);
  const storages = new Map(dump.imagestorage.map((row) => [row.id, row]));
  return dump.imagestorageplacement
    .map(({ storage_id: id, location_id: location }) => fileOf(storages.get(Number(id))!, Number(location)))
    .filter((file) => gone.has(file));
}

/** `location/path` of a storage row, written down once more (contract section 8). */
export function fileOf(storage: Row, locationId: number): string {
  const hex = String(storage.content_checksum).slice('sha256:'.length);
  const path =
    storage.cas_path === true
      ? `sha256/${hex.slice(0, 2)}/${hex}`
      : `sharedimages/${String(storage.uuid)}/layer`;
  return `${['local_eu', 'local_us'][locationId - 1]}/${path}`;
}
