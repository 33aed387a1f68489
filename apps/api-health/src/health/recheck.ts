import type { SharedCheck } from './shared-check.ts';

export type Recheck = { start: () => void; close: () => void };

/**
 * Runs a check that has failed again, every `everyMs` until it passes. Else what was found last would stay in the
 * metrics after the service has recovered, as long as nobody probes, or probes come to another process of the app.
 */
export function createRecheck(
  checks: readonly Pick<SharedCheck, 'run' | 'isFailing'>[],
  everyMs: number,
): Recheck {
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      timer = setInterval(() => {
        for (const check of checks) if (check.isFailing()) void check.run();
      }, everyMs);
      timer.unref();
    },
    close: () => clearInterval(timer),
  };
}
