import type { RedisConnection } from '../redis-connection.ts';
import { lockKey } from './lock-commands.ts';
import { waitForRelease } from './wait-for-release.ts';

export type AcquireOptions = {
  readonly name: string;
  readonly token: string;
  readonly ttlSeconds: number;
  /** How long to wait for a busy lock; 0 for not at all. */
  readonly waitMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
};

const CONNECT_TIMEOUT_MS = 5000;
/** What `PTTL` says of a key that is not there. */
const NO_SUCH_KEY = -2;

/**
 * Takes the lock as python-redis-lock does (contract section 6). Resolves to the moment from which it is
 * surely held for its time to live (`performance.now()`), or undefined if it stayed busy.
 *
 * @throws whatever Redis or the connection to it has to complain of
 */
export async function acquireLock(
  connection: RedisConnection,
  { name, token, ttlSeconds, waitMs, signal }: AcquireOptions,
): Promise<number | undefined> {
  const deadline = performance.now() + waitMs;
  let waiting: RedisConnection | undefined;
  try {
    for (;;) {
      if (signal?.aborted === true) return undefined;
      const askedAt = performance.now();
      if ((await connection.client.set(lockKey(name), token, 'EX', ttlSeconds, 'NX')) !== null)
        return askedAt;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return undefined;
      if (waiting === undefined) {
        waiting = connection.another(`lock ${name}`);
        // A release while it connects would not be noticed: look again afterwards.
        await waiting.whenReady(Math.min(leftMs, CONNECT_TIMEOUT_MS));
        continue;
      }
      const expiresInMs = await connection.client.pttl(lockKey(name));
      if (expiresInMs === NO_SUCH_KEY) continue;
      const soonestMs = expiresInMs < 0 ? leftMs : Math.min(leftMs, expiresInMs);
      await waitForRelease(waiting, name, soonestMs, signal);
    }
  } finally {
    await waiting?.close(0);
  }
}
