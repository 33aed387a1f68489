import { setTimeout as pause } from 'node:timers/promises';
import type { OwnedWork } from '@quay-observability/service';

/** One round of work. */
export type Round = (signal: AbortSignal) => Promise<void>;

export type RoundsOptions = {
  /** From the beginning of a round to that of the next; rounds never overlap. */
  readonly intervalMs: number;
  /** Never throws but for the reason of its signal. */
  readonly round: Round;
};

/** Work that consists of rounds: the first at once, each further one when its time has come. */
export function runRounds(rounds: readonly RoundsOptions[]): OwnedWork {
  let current: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;
  return {
    start: () => {
      const stop = new AbortController();
      current ??= { stop, ended: Promise.all(rounds.map((each) => repeat(each, stop.signal))) };
      return Promise.resolve();
    },
    stop: async () => {
      const ending = current;
      current = undefined;
      ending?.stop.abort(new Error('the work is stopped'));
      await ending?.ended;
    },
  };
}

async function repeat({ intervalMs, round }: RoundsOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const nextAt = performance.now() + intervalMs;
    await round(signal);
    await pause(Math.max(0, nextAt - performance.now()), undefined, { signal }).catch(() => undefined);
  }
}
