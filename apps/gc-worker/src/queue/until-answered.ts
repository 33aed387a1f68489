import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError } from '@quay-observability/database';

/** A restart or a failover takes seconds; a stop has some of its grace time for this. */
const LONGEST_MS = 60_000;
const LONGEST_STOPPING_MS = 3000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * Writes to the database, again and again while that is away, for a minute, or some seconds once the signal has aborted.
 * The write must be repeatable: it may have been done although no answer came.
 *
 * @throws what the last attempt throws
 */
export async function untilAnswered(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const begunAt = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await write();
    } catch (error) {
      const limitMs = signal.aborted ? LONGEST_STOPPING_MS : LONGEST_MS;
      if (!(error instanceof DatabaseError) || performance.now() + pauseMs > begunAt + limitMs) throw error;
    }
    await pause(pauseMs, undefined, signal.aborted ? {} : { signal }).catch(() => undefined);
  }
}
