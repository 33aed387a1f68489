import { createDatabase, type Database } from '@quay-observability/database';
import { waitUntil, type PostgresServer } from '@quay-observability/testkit';

/** What was read of a table: how often from end to end, and how many rows an index led to. */
export type TableCost = { readonly scans: number; readonly rows: number };

export type CostByTable = Readonly<Record<string, TableCost>>;

/** Tables that grow with what a registry holds, of those that the search for garbage and a collection read. */
const TABLES = ['manifest', 'repository', 'tag', 'user'];

/** Resolves to what work has read of the growing tables, and to its value. */
export async function readCost<T>(
  postgres: PostgresServer,
  work: (database: Database) => Promise<T>,
): Promise<{ readonly value: T; readonly cost: CostByTable }> {
  const before = await readFigures(postgres);
  const database = createDatabase({
    primary: { uri: postgres.uri, connectionArgs: {} },
    applicationName: 'measured',
  });
  const value = await work(database).finally(() => database.close());
  // A connection has told all its figures once it has gone.
  await waitUntil(
    'the connections to go',
    async () =>
      (await postgres.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE 'measured%'`))
        .length === 0,
  );
  const after = await readFigures(postgres);
  const costs = TABLES.map((table, index) => [
    table,
    {
      scans: after[index]!.scans - before[index]!.scans,
      rows: after[index]!.rows - before[index]!.rows,
    },
  ]);
  return { value, cost: Object.fromEntries(costs) as CostByTable };
}

/** The names of tables that were read from end to end. */
export function scannedTables(cost: CostByTable): string[] {
  return Object.keys(cost).filter((table) => cost[table]!.scans > 0);
}

function readFigures(postgres: PostgresServer): Promise<TableCost[]> {
  return postgres.query<TableCost>(
    `SELECT seq_scan::int AS scans, idx_tup_fetch::int AS rows FROM pg_stat_user_tables
      WHERE relname = ANY($1::text[]) ORDER BY relname`,
    [TABLES],
  );
}
