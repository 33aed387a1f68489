import type { Queries } from '@quay-observability/database';

type Scalar = string | number | boolean | Date | null;

/** What a statement can be given: lists become PostgreSQL arrays. */
export type SqlValue = Scalar | readonly number[] | readonly string[];

/** Runs a statement with `?` for its values, and resolves to its rows. */
export async function rowsOf<Row>(
  queries: Queries,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<Row[]> {
  const { rows } = await queries.raw<{ rows: Row[] }>(sql, values.map(binding));
  return rows;
}

/** Runs a statement, and resolves to how many rows it changed. */
export async function changedBy(
  queries: Queries,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<number> {
  const { rowCount } = await queries.raw<{ rowCount: number | null }>(sql, values.map(binding));
  return rowCount ?? 0;
}

/** knex wants lists of its own. */
function binding(value: SqlValue): Scalar | number[] | string[] {
  return value !== null && typeof value === 'object' && !(value instanceof Date)
    ? ([...value] as number[] | string[])
    : value;
}
