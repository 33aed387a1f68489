import type { Logger } from '@quay-observability/logging';
import type { GlobalLocks } from '@quay-observability/redis';
import { PurgeHeldUp } from '../purge/purge-blocked.ts';
import { isContention } from '../steps/is-contention.ts';
import { untilAnswered } from './until-answered.ts';
import type { ClaimedItem, WorkQueue } from './work-queue.ts';

export type PollOptions = {
  readonly queue: WorkQueue;
  readonly locks: Pick<GlobalLocks, 'withLock'>;
  readonly log: Logger;
  /** Does what an item asks for. What it throws means that the item is to be tried again. */
  readonly work: (item: ClaimedItem, held: AbortSignal) => Promise<void>;
};

/** Python's times (contract section 8), in seconds. */
const CLAIM_SECONDS = 3 * 3600;
const LOCK_TTL_SECONDS = CLAIM_SECONDS + 60;
const RETRY_SECONDS = 300;
const LARGE_LOCK = 'LARGE_GARBAGE_COLLECTION';

/**
 * Works off a queue until it is empty, an item at a time, each under the lock that keeps large collections of all
 * processes apart. While somebody else holds that, or nobody knows, the item goes back with its retry.
 *
 * @throws errors of the database about the queue itself
 */
export async function pollQueue(options: PollOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const item = await options.queue.claim(CLAIM_SECONDS);
    if (item === undefined) return;
    if (!(await workOn(options, item, signal))) return;
  }
}

/** Resolves to whether it makes sense to go on with the next item. */
async function workOn(
  { queue, locks, log, work }: PollOptions,
  item: ClaimedItem,
  signal: AbortSignal,
): Promise<boolean> {
  // Else nobody has it for the hours of the claim.
  const giveBack = (restoreRetry: boolean) =>
    untilAnswered(() => queue.giveBack(item, { afterSeconds: RETRY_SECONDS, restoreRetry }), signal);
  const about = { queue: queue.name, item: item.id };
  try {
    const result = await locks.withLock(LARGE_LOCK, { ttlSeconds: LOCK_TTL_SECONDS, signal }, (held) =>
      work(item, held),
    );
    if (result.outcome === 'done') {
      await queue.complete(item);
      return true;
    }
    log.debug('A large collection waits for its lock.', { ...about, outcome: result.outcome });
    await giveBack(true);
    return false;
  } catch (error) {
    // Told to stop, or held up: it goes on where it was, and that was no failed attempt.
    await giveBack(signal.aborted || isContention(error) || error instanceof PurgeHeldUp);
    if (!signal.aborted) log.warning('A queue item failed; it is tried again.', { ...about, error });
    return !signal.aborted;
  }
}
