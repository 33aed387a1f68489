import { setTimeout as pause } from 'node:timers/promises';

export type Repetition = {
  /** From the beginning of a run to that of the next; runs never overlap. */
  readonly intervalMs: number;
  /** After a run that failed, if that is sooner. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
};

/** Runs `work` now and again until the signal aborts; it says whether it succeeded, and never throws. */
export async function runEvery(
  { intervalMs, retryMs, signal }: Repetition,
  work: () => Promise<boolean>,
): Promise<void> {
  while (!signal.aborted) {
    const nextAt = performance.now() + intervalMs;
    const succeeded = await work();
    const untilNextMs = Math.max(0, nextAt - performance.now());
    const waitMs = succeeded ? untilNextMs : Math.min(intervalMs, retryMs);
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
