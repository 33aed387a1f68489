import { createTableStatements, seedStatements } from '@quay-observability/quay-schema';
import type { PostgresServer } from '@quay-observability/testkit';
import type { GcOptions } from './options.ts';
import { insertStatements } from './registry-rows.ts';

/** Fills an empty database with a registry: rows first, indexes and constraints after them, then statistics. */
export async function buildRegistry(
  postgres: Pick<PostgresServer, 'query'>,
  options: GcOptions,
  onProgress: (done: string) => void,
): Promise<void> {
  const statements = createTableStatements();
  const isTable = (statement: string): boolean => statement.startsWith('CREATE TABLE');
  const script = [
    // Rows are made in the order of references; to check each one would cost more than to make it.
    'SET session_replication_role = replica',
    "SET maintenance_work_mem = '512MB'",
    ...statements.filter(isTable),
    ...seedStatements(),
    ...insertStatements(options),
  ];
  await postgres.query(script.join(';\n'));
  onProgress('rows are made');
  const afterwards = statements.filter((statement) => !isTable(statement));
  await postgres.query(["SET maintenance_work_mem = '512MB'", ...afterwards].join(';\n'));
  onProgress('indexes are made');
  await postgres.query('CREATE EXTENSION pg_stat_statements');
  await postgres.query('VACUUM (ANALYZE, FREEZE)');
}
