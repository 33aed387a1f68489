import { setTimeout as pause } from 'node:timers/promises';
import type { Queries } from './database.ts';

/** A cancellation reaches a statement that has begun, so it is sent until the work has ended. */
const CANCEL_AGAIN_MS = 250;

/**
 * Runs reads on one connection, in a read-only transaction, and has PostgreSQL cancel the statement that runs when
 * `signal` aborts. `queries` is what `Database.read` hands to its work: the server that runs the statement is the one
 * that is asked to cancel it. `work` gets no second chance to begin a statement if it asks the signal in between.
 *
 * @throws the reason of the signal once that has aborted, and otherwise what the work throws
 */
export async function cancellableReads<T>(
  queries: Queries,
  signal: AbortSignal,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  return queries.transaction(
    async (transaction) => {
      const processId = await backendOf(transaction);
      signal.throwIfAborted();
      const ended = new AbortController();
      let cancelling: Promise<void> | undefined;
      const cancel = () => {
        cancelling = cancelUntil(ended.signal, queries, processId);
      };
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await work(transaction);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', cancel);
        ended.abort();
        // Whoever gets this connection next must not be cancelled in our stead.
        await cancelling;
      }
    },
    { readOnly: true },
  );
}

async function backendOf(transaction: Queries): Promise<number> {
  const { rows } = await transaction.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}

async function cancelUntil(ended: AbortSignal, queries: Queries, processId: number): Promise<void> {
  while (!ended.aborted) {
    // A server that cannot be asked will not run the statement for ever either: it has a time-out.
    await queries.raw('SELECT pg_cancel_backend(?)', [processId]).then(noop, noop);
    await pause(CANCEL_AGAIN_MS, undefined, { signal: ended }).catch(noop);
  }
}

function noop(): void {
  // Nothing is left to do.
}
