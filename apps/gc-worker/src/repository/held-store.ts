import { randomUUID } from 'node:crypto';
import type { Queries } from '@quay-observability/database';
import { changedBy, rowsOf } from '../steps/run-sql.ts';

/**
 * Manifests whose tags a run has purged, and which a referrer still keeps: if the referrer goes later in the same run
 * they are to go too, also if the run is interrupted in between. Kept as a queue item that Python has no worker for,
 * from one transaction to the end of the run.
 */
export function heldQueue(repositoryId: number): string {
  return `gcheld/${repositoryId}/`;
}

/** The manifests that an interrupted run has left. */
export async function readHeld(queries: Queries, repositoryId: number): Promise<number[]> {
  const rows = await rowsOf<{ body: string }>(queries, 'SELECT body FROM queueitem WHERE queue_name = ?', [
    heldQueue(repositoryId),
  ]);
  return rows.flatMap(({ body }) => JSON.parse(body) as number[]);
}

/** Replaces what is written down; `before` is what was. */
export async function writeHeld(
  queries: Queries,
  repositoryId: number,
  ids: readonly number[],
  before: readonly number[],
): Promise<void> {
  if (ids.length === before.length && ids.every((id, index) => id === before[index])) return;
  await changedBy(queries, 'DELETE FROM queueitem WHERE queue_name = ?', [heldQueue(repositoryId)]);
  if (ids.length === 0) return;
  await changedBy(
    queries,
    `INSERT INTO queueitem (queue_name, body, available_after, available, processing_expires, retries_remaining, state_id)
     VALUES (?, ?, now() AT TIME ZONE 'UTC', true, NULL, 5, ?)`,
    [heldQueue(repositoryId), JSON.stringify(ids), randomUUID()],
  );
}
