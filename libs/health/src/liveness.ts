import { reportOf, type HealthReport } from './check.ts';
import { createCheckSet, type CheckSetOptions } from './check-set.ts';
import { watchLoop, type LoopLag } from './loop-lag.ts';

export type LivenessOptions = CheckSetOptions & {
  /** Name of the check of the event loop; `event loop` unless told. */
  loopName?: string;
  /** The event loop may be so late. */
  maxLagMs: number;
  loop?: LoopLag;
};

/** Whether the process can serve. It depends on nothing outside: a restart would repair nothing there. */
export type Liveness = {
  report(): Promise<HealthReport>;
  start(): void;
  close(): void;
};

export function createLiveness(options: LivenessOptions): Liveness {
  const { maxLagMs, loopName = 'event loop', loop = watchLoop() } = options;
  const checks = createCheckSet(options);
  checks.add({
    name: loopName,
    required: true,
    check: () => {
      const lagMs = Math.round(loop.lagMs());
      if (lagMs <= maxLagMs) return Promise.resolve();
      return Promise.reject(new Error(`${lagMs} ms late, at most ${maxLagMs} ms are allowed`));
    },
  });
  return {
    report: async () => reportOf(await checks.run()),
    start: () => checks.start(),
    close: () => {
      checks.close();
      loop.close();
    },
  };
}
