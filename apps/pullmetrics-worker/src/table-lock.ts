import { setTimeout as pause } from 'node:timers/promises';
import type { Queries } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import { sqlStateOf } from './add-rows.ts';

/**
 * Keeps a flusher of Python out of the statistics while we write. Python reads which rows exist, and inserts the others,
 * in an order of its own: a row that somebody inserts in between, or a deadlock, fails its transaction. If that is the one of
 * manifests, the one of tags has been committed, and it counts the tags again in its next cycle.
 */
export type TableLock = {
  /** Runs a transaction of which the first step is `take`; again, if the tables are not to be had at once. */
  run<T>(transaction: (take: (queries: Queries) => Promise<void>) => Promise<T>): Promise<T>;
};

/** In milliseconds. */
type Timing = {
  /** One wait for a table. Whoever reads it queues behind us so long; autovacuum is cancelled after 1000 only. */
  readonly waitMs: number;
  readonly pauseMs: number;
  readonly attempts: number;
  /** While somebody else uses a table for long, `pg_dump` say, it is written to without the lock. */
  readonly withoutMs: number;
};

const TIMING: Timing = { waitMs: 200, pauseMs: 200, attempts: 15, withoutMs: 60_000 };
const LOCK_NOT_AVAILABLE = '55P03';

/** No lock at all: for when no flusher of Python is there any more. */
export const WITHOUT_LOCK: TableLock = { run: (transaction) => transaction(() => Promise.resolve()) };

export function createTableLock(log: Pick<Logger, 'warning'>, timing: Partial<Timing> = {}): TableLock {
  const { waitMs, pauseMs, attempts, withoutMs } = { ...TIMING, ...timing };
  let withoutUntil = 0;
  const take = async (queries: Queries) => {
    await queries.raw(`SET LOCAL lock_timeout = ${waitMs}`);
    await queries.raw('LOCK TABLE tagpullstatistics, manifestpullstatistics IN ACCESS EXCLUSIVE MODE');
    await queries.raw('SET LOCAL lock_timeout = DEFAULT');
  };
  return {
    run: async (transaction) => {
      for (let attempt = 1; performance.now() >= withoutUntil; attempt += 1) {
        try {
          return await transaction(take);
        } catch (error) {
          if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
          if (attempt < attempts) await pause(pauseMs * (0.5 + Math.random()));
          else {
            withoutUntil = performance.now() + withoutMs;
            log.warning(
              'The statistics are in use for long: pulls are flushed without keeping a flusher of Python out, which may then count tags twice.',
              { seconds: withoutMs / 1000 },
            );
          }
        }
      }
      return WITHOUT_LOCK.run(transaction);
    },
  };
}
