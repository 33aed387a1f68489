import { queryOnce } from '@quay-observability/database';
import { waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { GROWING_TABLES } from './registry-rows.ts';

const LONGEST_MS = 10 * 60_000;

/** Rows, or scans, by table. */
export type ByTable = Readonly<Record<string, number>>;

function query<Row extends Record<string, unknown>>(uri: string, sql: string, values: unknown[] = []) {
  const options = {
    server: { uri, connectionArgs: {} },
    applicationName: 'bench-gc',
    connectTimeoutMs: 10_000,
    statementTimeoutMs: LONGEST_MS,
    signal: AbortSignal.timeout(LONGEST_MS),
  };
  return queryOnce<Row>(options, sql, values);
}

/** How many rows each growing table has, and the queue. */
export async function countRows(uri: string): Promise<ByTable> {
  const counts = [...GROWING_TABLES, 'queueitem'].map(
    (table) => `(SELECT count(*)::int FROM "${table}") AS "${table}"`,
  );
  const [row] = await query<Record<string, number>>(uri, `SELECT ${counts.join(', ')}`);
  return row ?? {};
}

/** Below this PostgreSQL rightly reads a table from end to end: it costs less than a hundred looks into an index. */
const FEW_ROWS = 10_000;

/** The growing tables that have grown in this run, by their rows. */
export function grownTables(rows: ByTable): string[] {
  return GROWING_TABLES.filter((table) => (rows[table] ?? 0) >= FEW_ROWS);
}

/** Waits until nobody is connected to a database: only then PostgreSQL's counts of it are whole. */
export async function waitUntilLeft(
  postgres: Pick<PostgresServer, 'query'>,
  database: string,
): Promise<void> {
  const isLeft = async (): Promise<boolean> => {
    const sql = `SELECT FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`;
    return (await postgres.query(sql, [database])).length === 0;
  };
  await waitUntil('the database to be left', isLeft, { timeoutMs: 60_000, intervalMs: 100 });
}

/** How often these tables were read from end to end in a database since it was made; those that were not are left out. */
export async function readScans(uri: string, tables: readonly string[]): Promise<ByTable> {
  const rows = await query<{ table: string; scans: number }>(
    uri,
    `SELECT relname AS table, seq_scan::int AS scans FROM pg_stat_user_tables
      WHERE relname = ANY($1::text[]) AND seq_scan > 0 ORDER BY relname`,
    [[...tables]],
  );
  return Object.fromEntries(rows.map(({ table, scans }) => [table, scans]));
}

/** The rows that went, by table; tables that lost none are left out. Negative where some were added. */
export function rowsGone(before: ByTable, after: ByTable): ByTable {
  return Object.fromEntries(
    Object.entries(before)
      .map(([table, rows]) => [table, rows - (after[table] ?? 0)] as const)
      .filter(([, rows]) => rows !== 0),
  );
}
