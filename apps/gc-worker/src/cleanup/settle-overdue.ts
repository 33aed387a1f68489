import type { GcContext } from '../steps/gc-context.ts';
import { claimCleanup, overdueCleanups } from './cleanup-store.ts';
import { postpone, settleCleanup } from './settle-cleanup.ts';

/** Cleanups that one round takes. */
const CLEANUPS_PER_ROUND = 50;

/** Finishes cleanups that were interrupted or had to wait, whoever made them. Throws the reason of the signal. */
export async function settleOverdue(context: GcContext, signal: AbortSignal): Promise<void> {
  const { database, now, log } = context;
  const overdue = await database.write((queries) => overdueCleanups(queries, now(), CLEANUPS_PER_ROUND));
  for (const id of overdue) {
    signal.throwIfAborted();
    try {
      if (await database.write((queries) => claimCleanup(queries, id, now())))
        await settleCleanup(context, id, signal);
    } catch (error) {
      signal.throwIfAborted();
      log.warning('A cleanup could not be finished; it is tried again.', { cleanup: id, error });
      // One that cannot be finished must not keep the others.
      await postpone(context, id, { reason: 'failed', hasProgressed: false });
    }
  }
}
