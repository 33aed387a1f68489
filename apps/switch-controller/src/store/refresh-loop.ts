import { setTimeout as sleep } from 'node:timers/promises';

/** A read that is repeated, and can be asked for out of turn. */
export type RefreshLoop = {
  /** Runs it now; whoever asks while it runs gets a run that begins afterwards, shared with the others. */
  refresh: () => Promise<void>;
  /** Seconds since the beginning of the last run that succeeded; undefined if none has. */
  ageSeconds: () => number | undefined;
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

const INTERVAL_MS = 1000;

/**
 * Repeats `read` every second after `start`. `tell` learns of every outcome, the failures that nobody else sees
 * included.
 */
export function createRefreshLoop(
  read: () => Promise<void>,
  tell: { failed(error: unknown): void; recovered(): void },
  intervalMs: number = INTERVAL_MS,
): RefreshLoop {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let loop: Promise<void> = Promise.resolve();
  let confirmedAtMs: number | undefined;

  const run = async (): Promise<void> => {
    const beganAtMs = performance.now();
    try {
      await read();
      confirmedAtMs = beganAtMs;
      tell.recovered();
    } catch (error) {
      tell.failed(error);
      throw error;
    }
  };
  const begin = (): Promise<void> => {
    next = undefined;
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  };
  const refresh = (): Promise<void> => {
    if (running === undefined) return begin();
    // What is being read may be older than what the caller knows of.
    next ??= running.then(begin, begin);
    return next;
  };
  const repeat = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) await refresh().catch(() => undefined);
    }
  };
  return {
    refresh,
    ageSeconds: () => (confirmedAtMs === undefined ? undefined : (performance.now() - confirmedAtMs) / 1000),
    start: async () => {
      await refresh().catch(() => undefined);
      loop = repeat();
    },
    stop: async () => {
      stop.abort();
      await loop;
    },
  };
}
