import type { PostgresServer } from '@quay-observability/testkit';
import { formatNumber, formatTable } from '../measure/print-table.ts';

/** What PostgreSQL tells of one statement, its values left out; times in milliseconds. */
export type Statement = {
  readonly sql: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly maxMs: number;
};

/** The statements that were run in a database, those with the largest total time first. */
export function readStatements(
  postgres: Pick<PostgresServer, 'query'>,
  database: string,
): Promise<Statement[]> {
  return postgres.query<Statement>(
    `SELECT query AS sql, sum(calls)::float8 AS calls, sum(total_exec_time) AS "totalMs", max(max_exec_time) AS "maxMs"
       FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
      WHERE datname = $1 GROUP BY query ORDER BY "totalMs" DESC`,
    [database],
  );
}

/** The one that took longest in a single call. */
export function slowestOf(statements: readonly Statement[]): Statement | undefined {
  return statements.toSorted((a, b) => b.maxMs - a.maxMs)[0];
}

/** A statement in one line, cut to what a table can show. */
export function shortened(sql: string, length = 150): string {
  const line = sql.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

/** The first `count` statements. */
export function statementTable(statements: readonly Statement[], count: number): string {
  return formatTable(
    ['statement', 'calls', 'total ms', 'mean ms', 'longest ms'],
    statements
      .slice(0, count)
      .map(({ sql, calls, totalMs, maxMs }) => [
        shortened(sql),
        calls.toLocaleString('en'),
        formatNumber(totalMs),
        formatNumber(totalMs / calls),
        formatNumber(maxMs),
      ]),
  );
}
