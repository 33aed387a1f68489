import { randomUUID } from 'node:crypto';
import type { Database } from '@quay-observability/database';
import { escapeLike } from '../purge/escape-like.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';

/** An item that is ours for the time of its claim. */
export type ClaimedItem = { readonly id: number; readonly body: string; readonly stateId: string };

/** What became of an attempt to get an item: Python's words, spelling included. */
export type Availability = 'nonexistant' | 'claimed' | 'acquired';

/** Different names of items, in Python's gauges. */
export type QueueState = { readonly locked: number; readonly available: number; readonly unlocked: number };

export type WorkQueue = {
  readonly name: string;
  /** Takes an item for so long; undefined if there is none, or somebody else was faster. */
  claim(processingSeconds: number): Promise<ClaimedItem | undefined>;
  /** Up to so many items that could be claimed, without claiming them. */
  peek(limit: number): Promise<ClaimedItem[]>;
  /** The item is done. */
  complete(item: ClaimedItem): Promise<void>;
  /** Somebody may have it again after so long; with `restoreRetry` the attempt does not count. */
  giveBack(item: ClaimedItem, options: { afterSeconds: number; restoreRetry: boolean }): Promise<void>;
  state(): Promise<QueueState>;
};

export type WorkQueueOptions = {
  readonly database: Database;
  /** `repositorygc`: its items are named `repositorygc/...`. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onGet: (availability: Availability) => void;
};

/** Python's: the first so many are drawn from. */
const CANDIDATES = 50;

const AVAILABLE = 'available_after <= ? AND (available OR processing_expires <= ?) AND retries_remaining > 0';
const LOCKED = 'NOT available AND processing_expires > ?';

/**
 * A queue of the table `queueitem`, shared with Python's workers (contract section 8): an item is claimed by
 * compare-and-swap on `state_id`, which every write renews.
 */
export function createWorkQueue({ database, name, now, onGet }: WorkQueueOptions): WorkQueue {
  const pattern = `${escapeLike(name)}/%`;
  const after = (seconds: number) => new Date(now() + seconds * 1000);
  const candidates = (order: string, limit: number) =>
    database.write(async (queries) => {
      const rows = await rowsOf<{ id: number; body: string; state_id: string }>(
        queries,
        `SELECT id, body, state_id FROM (
           SELECT id, body, state_id FROM queueitem WHERE queue_name LIKE ? AND ${AVAILABLE} LIMIT ${CANDIDATES}
         ) AS candidates ORDER BY ${order} LIMIT ?`,
        [pattern, after(0), after(0), limit],
      );
      return rows.map(({ id, body, state_id: stateId }) => ({ id, body, stateId }));
    });
  return {
    name,
    claim: async (processingSeconds) => {
      const [found] = await candidates('random()', 1);
      if (found === undefined) {
        onGet('nonexistant');
        return undefined;
      }
      const stateId = randomUUID();
      const claimed = await database.write((queries) =>
        changedBy(
          queries,
          `UPDATE queueitem SET available = false, processing_expires = ?, retries_remaining = retries_remaining - 1,
                  state_id = ? WHERE id = ? AND state_id = ?`,
          [after(processingSeconds), stateId, found.id, found.stateId],
        ),
      );
      onGet(claimed === 1 ? 'acquired' : 'claimed');
      return claimed === 1 ? { ...found, stateId } : undefined;
    },
    peek: (limit) => candidates('id', limit),
    complete: async ({ id }) => {
      await database.write((queries) => changedBy(queries, 'DELETE FROM queueitem WHERE id = ?', [id]));
    },
    giveBack: async ({ id, stateId }, { afterSeconds, restoreRetry }) => {
      // Only while it is ours: whoever has claimed it after our time was over keeps it.
      await database.write((queries) =>
        changedBy(
          queries,
          `UPDATE queueitem SET available = true, available_after = ?, retries_remaining = retries_remaining + ?,
                  state_id = ? WHERE id = ? AND state_id = ?`,
          [after(afterSeconds), restoreRetry ? 1 : 0, randomUUID(), id, stateId],
        ),
      );
    },
    state: async () => {
      const running = `SELECT queue_name FROM queueitem WHERE queue_name LIKE ? AND ${LOCKED}`;
      const available = `FROM queueitem WHERE queue_name LIKE ? AND ${AVAILABLE}`;
      const [row] = await database.read((queries) =>
        rowsOf<QueueState>(
          queries,
          `SELECT (SELECT count(DISTINCT queue_name)::int FROM (${running}) AS running) AS locked,
                  (SELECT count(DISTINCT queue_name)::int ${available}) AS available,
                  (SELECT count(DISTINCT queue_name)::int ${available} AND queue_name NOT IN (${running})) AS unlocked`,
          [
            ...[pattern, after(0)],
            ...[pattern, after(0), after(0)],
            ...[pattern, after(0), after(0), pattern, after(0)],
          ],
        ),
      );
      return row!;
    },
  };
}
