import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import type { RowCondition } from './doomed-rows.ts';
import { escapeLike } from './escape-like.ts';

/** A namespace on its way out: its name was given up when it was marked. */
export type DoomedNamespace = { readonly id: number; readonly originalName: string };

/**
 * Of an account: that it is a robot of the namespace, and cannot be anybody else's. Robots are told by their name,
 * `namespace+robot`, which others may claim: who has taken the name since, and who has had it and is marked as well. A
 * robot is made after its owner, so one of a smaller id than a claimant's is not the claimant's, unless their dates say
 * otherwise; any other robot may be, and stays.
 */
export function robotOf({ id, originalName }: DoomedNamespace): RowCondition {
  return {
    sql: `robot AND username LIKE ? AND NOT EXISTS (
      SELECT FROM (
        SELECT id, creation_date FROM "user" WHERE username = ? AND NOT robot
        UNION ALL
        SELECT account.id, account.creation_date FROM deletednamespace
          JOIN "user" AS account ON account.id = namespace_id WHERE original_username = ?) AS claimant
       WHERE claimant.id <> ? AND (claimant.id < "user".id OR claimant.creation_date <= "user".creation_date))`,
    values: [`${escapeLike(originalName)}+%`, originalName, originalName, id],
  };
}

/** Up to `limit` robots of the namespace. */
export async function robotsOf(
  queries: Queries,
  namespace: DoomedNamespace,
  limit: number,
): Promise<number[]> {
  const { sql, values } = robotOf(namespace);
  const rows = await rowsOf<{ id: number }>(queries, `SELECT id FROM "user" WHERE ${sql} LIMIT ?`, [
    ...values,
    limit,
  ]);
  return rows.map((row) => row.id);
}
