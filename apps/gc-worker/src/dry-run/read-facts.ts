import type { Queries } from '@quay-observability/database';
import { inChunks } from '../steps/in-chunks.ts';
import { rowsOf, type SqlValue } from '../steps/run-sql.ts';

/** Values in one statement, at most: for more PostgreSQL would rather read the tables whole. */
const CHUNK = 100;

/**
 * Reads rows by many ids, some at a time. `sql` has `{ids}` where the list goes, and further values after it in
 * order.
 */
export async function readByIds<Row>(
  queries: Queries,
  sql: string,
  ids: Iterable<number>,
  values: readonly SqlValue[] = [],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const chunk of inChunks([...ids], CHUNK))
    rows.push(...(await rowsOf<Row>(queries, sql.replace('{ids}', '?::int[]'), [chunk, ...values])));
  return rows;
}

/** Rows of a table that refer to these by a column: how many there are. */
export async function countByIds(
  queries: Queries,
  table: string,
  column: string,
  ids: Iterable<number>,
): Promise<number> {
  const counts = await readByIds<{ count: number }>(
    queries,
    `SELECT count(*)::int AS count FROM ${table} WHERE ${column} = ANY({ids})`,
    ids,
  );
  return counts.reduce((sum, { count }) => sum + count, 0);
}
