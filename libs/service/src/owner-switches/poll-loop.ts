import { setTimeout as sleep } from 'node:timers/promises';

/** What a poll brought, as far as the time of the next one is concerned. */
export type Polled = 'unchanged' | 'changed' | 'failed';

/** Bounds of the time between two polls, in milliseconds. */
export type PollInterval = { readonly minMs: number; readonly maxMs: number };

export type PollLoopOptions = PollInterval & {
  /** One poll, which may wait `waitMs` for a change. Does not reject, and ends soon after the loop is stopped. */
  readonly poll: (waitMs: number) => Promise<Polled>;
};

/** Between two polls that both brought a change: a source that changes with every poll must not keep us busy. */
const BETWEEN_CHANGES_MS = 1000;
/** After a failure the source is asked again soon, and then less and less often, down to once per interval. */
const FIRST_RETRY_MS = 250;

/**
 * Polls until `stop` aborts: one poll at a time, one per interval, each interval drawn evenly between `minMs` and
 * `maxMs` so that processes that began together spread out. The first poll asks for an answer at once. After a
 * change comes another poll at once: it acknowledges the change to the source. Resolves when stopped.
 */
export async function runPollLoop({ poll, ...interval }: PollLoopOptions, stop: AbortSignal): Promise<void> {
  let changesInARow = 0;
  let failuresInARow = 0;
  for (let isFirst = true; !stop.aborted; isFirst = false) {
    const intervalMs = drawInterval(interval);
    const began = performance.now();
    const polled = await poll(isFirst ? 0 : intervalMs);
    changesInARow = polled === 'changed' ? changesInARow + 1 : 0;
    failuresInARow = polled === 'failed' ? failuresInARow + 1 : 0;
    if (changesInARow === 1) continue;
    const elapsedMs = performance.now() - began;
    const restMs = (changesInARow > 0 ? BETWEEN_CHANGES_MS : intervalMs) - elapsedMs;
    await pause(failuresInARow > 0 ? Math.min(restMs, retryMs(failuresInARow)) : restMs, stop);
  }
}

/** Milliseconds until the next poll. `random` is 0 or more and less than 1. */
export function drawInterval({ minMs, maxMs }: PollInterval, random = Math.random): number {
  return minMs + random() * (maxMs - minMs);
}

/** Half of it by chance, so that processes that lost one source do not come back together. */
function retryMs(failuresInARow: number): number {
  return FIRST_RETRY_MS * 2 ** (failuresInARow - 1) * (0.75 + Math.random() / 2);
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: stop }).catch(() => undefined);
}
