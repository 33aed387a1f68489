import { LOCK_ANSWERS } from './lock-commands.ts';

export type KeepOptions = {
  /** Asks Redis to extend the lock; resolves to one of {@link LOCK_ANSWERS}. */
  readonly extend: () => Promise<unknown>;
  /** The moment (`performance.now()`) from which the lock is held for its time to live. */
  readonly heldFrom: number;
  readonly ttlMs: number;
  readonly renewEveryMs: number;
  /** Called once, when the lock is somebody else's or may be. */
  readonly onLost: (why: string) => void;
};

/** How soon a renewal that failed is tried again. */
const RETRY_MS = 1000;

/**
 * Renews a lock until the returned function is called, or the lock is lost: because Redis says so, or because its
 * time to live has passed since the last renewal that Redis confirmed. A Redis that is away for less does no harm.
 */
export function keepLock({ extend, heldFrom, ttlMs, renewEveryMs, onLost }: KeepOptions): () => void {
  let ended = false;
  let renewal: NodeJS.Timeout | undefined;
  let expiry: NodeJS.Timeout | undefined;
  const end = () => {
    ended = true;
    clearTimeout(renewal);
    clearTimeout(expiry);
  };
  const lose = (why: string) => {
    if (ended) return;
    end();
    onLost(why);
  };
  const heldSince = (moment: number) => {
    clearTimeout(expiry);
    const leftMs = moment + ttlMs - performance.now();
    expiry = setTimeout(() => lose('it could not be renewed in time'), Math.max(0, leftMs));
  };
  const renewIn = (delayMs: number) => {
    renewal = setTimeout(() => void renew(), delayMs);
  };
  const renew = async () => {
    const askedAt = performance.now();
    const answer = await extend().catch(() => undefined);
    if (ended) return;
    if (answer === LOCK_ANSWERS.notTheOwner) return lose('its key in Redis is gone or has another owner');
    if (answer === undefined) return renewIn(Math.min(renewEveryMs, RETRY_MS));
    heldSince(askedAt);
    renewIn(renewEveryMs);
  };
  heldSince(heldFrom);
  renewIn(renewEveryMs);
  return end;
}
