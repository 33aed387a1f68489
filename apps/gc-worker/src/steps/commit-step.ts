import type { Queries } from '@quay-observability/database';
import type { GcContext, Step } from './gc-context.ts';

/**
 * After this a statement stops waiting for somebody else's lock, and the step fails: below PostgreSQL's
 * `deadlock_timeout` (1 s), so that whoever waits for us is not the one that is cancelled.
 */
const LOCK_TIMEOUT_MS = 700;

/**
 * "Lock, then look" is exact only where each statement sees what was committed before it, whatever the server's
 * default is.
 */
const BEGIN = `SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`;

/**
 * Runs one short transaction, and counts what it deleted once that is committed. None begins after the signal has
 * aborted; one that has begun is not interrupted.
 *
 * @throws the reason of the signal; what PostgreSQL says, after which nothing of the step has happened
 */
export async function commitStep<T>(
  { database, counters }: Pick<GcContext, 'database' | 'counters'>,
  signal: AbortSignal,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const tally = {};
  const value = await database.transaction(async (queries: Queries) => {
    await queries.raw(BEGIN);
    return work({ queries, tally });
  });
  counters.rowsDeleted(tally);
  return value;
}
