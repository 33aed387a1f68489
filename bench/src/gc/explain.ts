import type { PostgresServer } from '@quay-observability/testkit';
import type { Statement } from './statements.ts';

/** A node of `EXPLAIN (FORMAT JSON)`. */
export type PlanNode = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
};

/** A statement and the tables that its plan reads from end to end, or why it has no plan. */
export type Explained = {
  readonly sql: string;
  readonly scanned: readonly string[];
  readonly problem?: string;
};

const HAS_PLAN = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;

/** Tables that a plan reads from end to end, of these. */
export function scannedTables(plan: PlanNode, tables: readonly string[]): string[] {
  const table = plan['Relation Name'] ?? '';
  const isScanned = plan['Node Type'] === 'Seq Scan' && tables.includes(table);
  return [
    ...(isScanned ? [table] : []),
    ...(plan.Plans ?? []).flatMap((each) => scannedTables(each, tables)),
  ];
}

/** Plans statements as they would be planned without knowing their values; transaction control is left out. */
export async function explainAll(
  postgres: Pick<PostgresServer, 'query'>,
  statements: readonly Statement[],
  tables: readonly string[],
): Promise<Explained[]> {
  const explained: Explained[] = [];
  for (const { sql } of statements.filter(({ sql }) => HAS_PLAN.test(sql))) {
    try {
      const [row] = await postgres.query<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>(
        `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${sql}`,
      );
      const plan = row?.['QUERY PLAN'][0].Plan;
      if (plan === undefined) throw new Error('PostgreSQL gave no plan');
      explained.push({ sql, scanned: scannedTables(plan, tables) });
    } catch (error) {
      explained.push({ sql, scanned: [], problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return explained;
}
