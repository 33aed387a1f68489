import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import { escapeLike } from './escape-like.ts';

/** A namespace on its way out: its name was given up when it was marked. */
export type DoomedNamespace = { readonly id: number; readonly originalName: string };

/**
 * Up to `limit` robots of the namespace. They are told by their name, `namespace+robot`; and if the name has a new owner
 * by now, by their age: robots made since are the new owner's, and so may be those of unknown age.
 */
export async function robotsOf(
  queries: Queries,
  { id, originalName }: DoomedNamespace,
  limit: number,
): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    queries,
    `SELECT id FROM "user" AS robot
      WHERE robot.robot AND username LIKE ?
        AND NOT EXISTS (
          SELECT FROM "user" AS owner
           WHERE owner.username = ? AND owner.id <> ?
             AND (robot.creation_date < owner.creation_date) IS NOT TRUE)
      LIMIT ?`,
    [`${escapeLike(originalName)}+%`, originalName, id, limit],
  );
  return rows.map((row) => row.id);
}
