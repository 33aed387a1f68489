import { settleOverdue } from '../cleanup/settle-overdue.ts';
import { collectRepository } from '../repository/collect-repository.ts';
import type { GarbageFinder } from '../repository/find-repository.ts';
import type { GcContext } from '../steps/gc-context.ts';

/** Python's time to live of the lock: 3 h and a minute (contract section 6). */
const LOCK_TTL_SECONDS = 3 * 3600 + 60;

export type CollectOnceOptions = {
  readonly finder: GarbageFinder;
  /** A collection of one repository has finished. */
  readonly onIteration: () => void;
};

/**
 * One round of GCWORKER (contract section 8): finishes what interrupted rounds have left, then collects one repository
 * under its lock. If somebody else has the lock, or Redis is away, nothing is collected this time.
 *
 * @throws the reason of the signal; errors of the database. The next round goes on from there.
 */
export async function collectOnce(
  context: GcContext,
  { finder, onIteration }: CollectOnceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { database, locks, rules, log, now } = context;
  await settleOverdue(context, signal);
  const candidate = await database.write((queries) =>
    finder.find(queries, { nowMs: now(), keepImmutable: rules.keepImmutableTags, signal }),
  );
  if (candidate === undefined) {
    log.debug('No repository has garbage.');
    return;
  }
  const { repositoryId } = candidate;
  const lock = { ttlSeconds: LOCK_TTL_SECONDS, signal };
  let outcome = 'failed';
  try {
    ({ outcome } = await locks.withLock(`REPO_GARBAGE_COLLECTION_${repositoryId}`, lock, (held) =>
      collectRepository(context, repositoryId, held),
    ));
  } finally {
    if (outcome !== 'done') finder.giveBack(candidate);
  }
  if (outcome === 'done') onIteration();
  log.debug('Collected the garbage of a repository.', { repository: repositoryId, outcome });
}
