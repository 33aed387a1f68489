import { randomBytes } from 'node:crypto';
import { CodedError } from '@quay-observability/coded-errors';
import type { RedisConnection } from '../redis-connection.ts';
import { runScript } from '../run-script.ts';
import { acquireLock } from './acquire-lock.ts';
import { keepLock } from './keep-lock.ts';
import { extendLock, releaseLock } from './lock-commands.ts';
import { createSettler } from './settle-later.ts';
import { createUnsettledTokens } from './unsettled-tokens.ts';

/** Locks that every process of both runtimes respects: those of python-redis-lock 4 (contract section 6). */
export type GlobalLocks = {
  /** The first eight characters of the token of every lock that is taken here: `GET lock:{name}` says whose it is. */
  readonly holder: string;
  /**
   * Runs `work` while holding a lock, and renews the lock as long as that takes. The signal that `work` gets
   * aborts when the lock is lost, or with `options.signal`; work must then end soon. What it throws is thrown here,
   * after the lock is given back. Nothing that happens to Redis is thrown.
   */
  withLock<T>(
    name: string,
    options: LockOptions,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<LockOutcome<T>>;
};

export type LockOptions = {
  /** Whole seconds after which a lock whose owner has crashed is free again. */
  readonly ttlSeconds: number;
  /** How long to wait for a busy lock; 0 unless told. */
  readonly waitMs?: number;
  /** A third of the time to live, but every 10 s at least, unless told: so soon it is noticed that the lock is gone. */
  readonly renewEveryMs?: number;
  /** Ends waiting for the lock, and the work. */
  readonly signal?: AbortSignal;
};

/** What became of the work. In all cases but `done` it has to be done again, by somebody. */
export type LockOutcome<T> =
  | { readonly outcome: 'done'; readonly value: T }
  /** Somebody else held the lock all the time, or waiting was aborted; the work did not begin. */
  | { readonly outcome: 'busy' }
  /** Redis could not be asked; the work did not begin. */
  | { readonly outcome: 'unavailable'; readonly error: Error }
  /** Somebody else may have worked at the same time. The error is a CodedError `LOCK_LOST`. */
  | { readonly outcome: 'lost'; readonly error: Error };

/** The locks of garbage collection live for hours; work must not go on so long beside somebody else's. */
const LONGEST_RENEW_MS = 10_000;
/** Of a token's 18 bytes, those that are the same for all locks of one holder; the rest never repeats. */
const HOLDER_BYTES = 6;
const TOKEN_BYTES = 18;

/** Uses the given connection for all but waiting, which has one of its own while it lasts. */
export function createGlobalLocks(connection: RedisConnection): GlobalLocks {
  const unsettled = createUnsettledTokens();
  const holder = randomBytes(HOLDER_BYTES).toString('base64');
  const release = (name: string, token: string) => runScript(connection.client, releaseLock(name, token));
  const settleLater = createSettler(connection, (name) =>
    unsettled.settle(name, (token) => release(name, token)),
  );
  // Others would wait for hours: another process of ours, or Python after a change of owner.
  const keepUnsettled = (name: string, token: string, ttlSeconds: number) => {
    unsettled.keep(name, token, ttlSeconds);
    settleLater(name);
  };

  /** Resolves to a token and the moment from which it holds the lock; undefined while somebody else does. */
  const acquire = async (name: string, { ttlSeconds, waitMs = 0, signal }: LockOptions) => {
    const earlier = unsettled.take(name);
    // In all 18 random bytes in base64, as python-redis-lock makes them: six bytes are eight characters.
    const token = earlier ?? holder + randomBytes(TOKEN_BYTES - HOLDER_BYTES).toString('base64');
    try {
      if (earlier !== undefined) await release(name, earlier);
      const heldFrom = await acquireLock(connection, { name, token, ttlSeconds, waitMs, signal });
      return heldFrom === undefined ? undefined : { token, heldFrom };
    } catch (error) {
      // The lock may have been taken and only the answer lost.
      keepUnsettled(name, token, ttlSeconds);
      throw error;
    }
  };

  return {
    holder,
    withLock: async (name, options, work) => {
      const { ttlSeconds, signal } = options;
      const { renewEveryMs = Math.min(LONGEST_RENEW_MS, (ttlSeconds * 1000) / 3) } = options;
      let held: Awaited<ReturnType<typeof acquire>>;
      try {
        held = await acquire(name, options);
      } catch (error) {
        return { outcome: 'unavailable', error: error as Error };
      }
      if (held === undefined) return { outcome: 'busy' };
      const { token, heldFrom } = held;
      const ending = new AbortController();
      let lost: CodedError | undefined;
      const stopKeeping = keepLock({
        extend: () => runScript(connection.client, extendLock(name, token, ttlSeconds)),
        heldFrom,
        ttlMs: ttlSeconds * 1000,
        renewEveryMs,
        onLost: (why) => {
          lost = new CodedError('LOCK_LOST', `The lock ${name} was lost: ${why}.`);
          ending.abort(lost);
        },
      });
      const stop = () => ending.abort(signal?.reason);
      signal?.addEventListener('abort', stop);
      if (signal?.aborted === true) stop();
      try {
        const value = await work(ending.signal);
        return lost === undefined ? { outcome: 'done', value } : { outcome: 'lost', error: lost };
      } catch (error) {
        if (lost === undefined || error !== lost) throw error;
        return { outcome: 'lost', error: lost };
      } finally {
        signal?.removeEventListener('abort', stop);
        stopKeeping();
        await release(name, token).catch(() => keepUnsettled(name, token, ttlSeconds));
      }
    },
  };
}
