import { CodedError } from '@quay-observability/coded-errors';
import type { RedisConnection } from '../redis-connection.ts';
import { lockSignalKey } from './lock-commands.ts';

/** Even without a signal it is looked again after this: the owner may have crashed, and its lock expired. */
const LONGEST_WAIT_MS = 60_000;
/** How much later than Redis itself the client ends a wait that gets no answer. */
const NO_ANSWER_MARGIN_MS = 5000;

/**
 * Waits until the lock is released, at most `waitMs` rounded up to whole seconds (Redis 5 knows no other),
 * on a connection that nobody else uses. Resolves also when the time is over or `signal` aborts: the caller
 * looks again either way.
 *
 * @throws CodedError `REDIS_UNAVAILABLE` or `REDIS_TIMEOUT`
 */
export async function waitForRelease(
  connection: RedisConnection,
  name: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const aborted = () => signal?.aborted === true;
  if (aborted()) return;
  const seconds = Math.max(1, Math.ceil(Math.min(waitMs, LONGEST_WAIT_MS) / 1000));
  let silent = false;
  // The connection is the only handle on a command that blocks.
  const stopWaiting = () => connection.client.disconnect();
  const guard = setTimeout(
    () => {
      silent = true;
      stopWaiting();
    },
    seconds * 1000 + NO_ANSWER_MARGIN_MS,
  );
  signal?.addEventListener('abort', stopWaiting, { once: true });
  try {
    await connection.client.blpop(lockSignalKey(name), seconds);
  } catch (error) {
    if (aborted()) return;
    if (!silent) throw error;
    throw new CodedError(
      'REDIS_TIMEOUT',
      `Redis did not end the wait for the lock ${name} after ${seconds} s`,
      {
        cause: error,
      },
    );
  } finally {
    clearTimeout(guard);
    signal?.removeEventListener('abort', stopWaiting);
  }
}
