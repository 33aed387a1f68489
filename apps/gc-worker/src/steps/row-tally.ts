import type { GC_TABLES } from '@quay-observability/metric-catalogue';

/** Python's name of the model of a table that garbage collection deletes from (contract section 8). */
export type GcTable = (typeof GC_TABLES)[number];

/** How many rows of each table went; a table that is absent lost none. */
export type RowTally = Partial<Record<GcTable, number>>;

/** Adds rows of one table. */
export function countRows(tally: RowTally, table: GcTable, rows: number): void {
  tally[table] = (tally[table] ?? 0) + rows;
}
