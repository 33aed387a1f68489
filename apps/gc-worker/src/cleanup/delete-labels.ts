import type { Step } from '../steps/gc-context.ts';
import { countRows } from '../steps/row-tally.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import type { LockRule } from './lock-rule.ts';

/** Deletes those of the labels that no manifest has any more; resolves to those that somebody else has locked. */
export async function deleteLabels(
  { queries, tally }: Step,
  ids: readonly number[],
  rule: LockRule,
): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    queries,
    `SELECT id FROM label WHERE id = ANY(?::int[]) ORDER BY id FOR UPDATE ${rule}`,
    [ids],
  );
  const locked = rows.map(({ id }) => id);
  const deleted = await changedBy(
    queries,
    `DELETE FROM label WHERE id = ANY(?::int[])
        AND NOT EXISTS (SELECT FROM manifestlabel WHERE label_id = label.id)`,
    [locked],
  );
  countRows(tally, 'Label', deleted);
  return stillThere(queries, 'label', ids, locked);
}

/** Of the rows that were not locked, those that exist: somebody else has them. */
export async function stillThere(
  queries: Step['queries'],
  table: 'label' | 'imagestorage',
  ids: readonly number[],
  locked: readonly number[],
): Promise<number[]> {
  const isLocked = new Set(locked);
  const missed = ids.filter((id) => !isLocked.has(id));
  if (missed.length === 0) return [];
  const rows = await rowsOf<{ id: number }>(
    queries,
    `SELECT id FROM ${table} WHERE id = ANY(?::int[]) ORDER BY id`,
    [missed],
  );
  return rows.map(({ id }) => id);
}
