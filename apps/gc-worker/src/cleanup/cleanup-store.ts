import { randomUUID } from 'node:crypto';
import type { Queries } from '@quay-observability/database';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import { isDone, parseCleanup, serializeCleanup, type Cleanup } from './cleanup.ts';

/**
 * Cleanups are kept as queue items that Python has no worker for: written in the transaction that makes them necessary,
 * they outlive the process. Found by equality, whatever the collation.
 */
export const CLEANUP_QUEUE = 'gccleanup/';

/** How long a cleanup is left to the process that made it, and to whom it failed the last time. */
export const CLEANUP_RETRY_MS = 5 * 60_000;

/** Writes a cleanup down; undefined if there is nothing to do. */
export async function addCleanup(
  queries: Queries,
  cleanup: Cleanup,
  nowMs: number,
): Promise<number | undefined> {
  if (isDone(cleanup)) return undefined;
  const [row] = await rowsOf<{ id: number }>(
    queries,
    `INSERT INTO queueitem (queue_name, body, available_after, available, processing_expires, retries_remaining, state_id)
     VALUES (?, ?, ?, true, NULL, 5, ?) RETURNING id`,
    [CLEANUP_QUEUE, serializeCleanup(cleanup), new Date(nowMs + CLEANUP_RETRY_MS), randomUUID()],
  );
  return row?.id;
}

/** Locks a cleanup and reads it; undefined once it is done. */
export async function lockCleanup(queries: Queries, id: number): Promise<Cleanup | undefined> {
  const [row] = await rowsOf<{ body: string }>(
    queries,
    'SELECT body FROM queueitem WHERE id = ? AND queue_name = ? FOR UPDATE',
    [id, CLEANUP_QUEUE],
  );
  return row === undefined ? undefined : parseCleanup(row.body);
}

/** Writes down what is left of it, or removes it. */
export async function saveCleanup(
  queries: Queries,
  id: number,
  cleanup: Cleanup,
  nowMs: number,
): Promise<void> {
  if (isDone(cleanup)) {
    await changedBy(queries, 'DELETE FROM queueitem WHERE id = ?', [id]);
    return;
  }
  await changedBy(queries, 'UPDATE queueitem SET body = ?, available_after = ?, state_id = ? WHERE id = ?', [
    serializeCleanup(cleanup),
    new Date(nowMs + CLEANUP_RETRY_MS),
    randomUUID(),
    id,
  ]);
}

/**
 * Cleanups that nobody has finished in time: those that are overdue for longest, in no order, so that none that fails is
 * in front of the others each time, and replicas do not begin with the same one.
 */
export async function overdueCleanups(queries: Queries, nowMs: number, limit: number): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    queries,
    `SELECT id FROM (
       SELECT id FROM queueitem WHERE queue_name = ? AND available_after <= ? ORDER BY available_after LIMIT ?
     ) AS overdue ORDER BY random()`,
    [CLEANUP_QUEUE, new Date(nowMs), limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Takes an overdue cleanup for as long as a new one is left to its maker; false if somebody else was faster. Two that
 * remove the same files would both count them.
 */
export async function claimCleanup(queries: Queries, id: number, nowMs: number): Promise<boolean> {
  const claimed = await changedBy(
    queries,
    `UPDATE queueitem SET available_after = ?, state_id = ?
      WHERE id = ? AND queue_name = ? AND available_after <= ?`,
    [new Date(nowMs + CLEANUP_RETRY_MS), randomUUID(), id, CLEANUP_QUEUE, new Date(nowMs)],
  );
  return claimed === 1;
}
