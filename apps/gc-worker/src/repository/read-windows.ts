import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import { MARKED_FOR_DELETION } from './repository-state.ts';

/**
 * The windows, in seconds, of those of these repositories that may be collected: not doomed as a whole, and of an
 * enabled namespace (contract section 8).
 */
export async function readWindows(
  queries: Queries,
  repositoryIds: readonly number[],
): Promise<Map<number, number>> {
  // `OFFSET 0` keeps PostgreSQL from joining the tables whole: it looks up one row after the other by its key.
  const rows = await rowsOf<{ id: number; window_s: string }>(
    queries,
    `SELECT wanted.id, namespace.window_s
       FROM unnest(?::int[]) AS wanted (id)
      CROSS JOIN LATERAL (
        SELECT namespace_user_id FROM repository
         WHERE id = wanted.id AND state <> ${MARKED_FOR_DELETION} OFFSET 0) AS repository
      CROSS JOIN LATERAL (
        SELECT removed_tag_expiration_s AS window_s FROM "user"
         WHERE id = repository.namespace_user_id AND enabled OFFSET 0) AS namespace`,
    [repositoryIds],
  );
  return new Map(rows.map((row) => [row.id, Number(row.window_s)]));
}
