import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@quay-observability/logging';

/** The work of one worker program. Never started twice, and never started and stopped at the same time. */
export type OwnedWork = {
  /** Resolves once the work goes on by itself. Rejects if it cannot; it is tried again after a while. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what it holds or hands it back; nothing goes on after that, even if it rejects. */
  stop(): Promise<void>;
};

export type WorkRunner = {
  /** Starts or stops the work, once what is under way has ended; the last wish counts. */
  readonly want: (running: boolean) => void;
  /** What is wrong with it, in words; undefined if nothing is. */
  readonly trouble: () => string | undefined;
  /** Stops for good; resolves when the work has stopped. */
  readonly close: () => Promise<void>;
};

export type WorkRunnerOptions = {
  readonly program: string;
  readonly work: OwnedWork;
  readonly log: Logger;
  /** The work has started, or has stopped. Does not throw. */
  readonly onRunning: (running: boolean) => void;
  readonly limits?: Partial<WorkLimits>;
};

/** In milliseconds. */
export type WorkLimits = {
  /** After this a start or a stop is reported; it is waited for all the same, as two runs at once would do harm. */
  readonly startMs: number;
  readonly stopMs: number;
  /** Pause after a first start that failed; it doubles with each further one. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
};

const LIMITS: WorkLimits = { startMs: 30_000, stopMs: 15_000, firstRetryMs: 1000, lastRetryMs: 60_000 };

/** Runs one piece of work as it is wanted. */
export function createWorkRunner({
  program,
  work,
  log,
  onRunning,
  ...options
}: WorkRunnerOptions): WorkRunner {
  const limits = { ...LIMITS, ...options.limits };
  let wanted = false;
  let running = false;
  let closed = false;
  let busy = false;
  let settled = Promise.resolve();
  let failedStarts = 0;
  let trouble: string | undefined;
  let wishChanged = new AbortController();

  const watched = async (what: string, limitMs: number, step: () => Promise<void>) => {
    const timer = setTimeout(() => {
      trouble = `${program} does not ${what} within ${limitMs / 1000} s`;
      log.error(`${trouble}. It is waited for.`, { program });
    }, limitMs);
    try {
      await step();
    } finally {
      clearTimeout(timer);
      trouble = undefined;
    }
  };
  const start = async () => {
    try {
      await watched('start', limits.startMs, () => work.start());
      failedStarts = 0;
      running = true;
      log.info(`${program} has started.`, { program });
      onRunning(true);
    } catch (error) {
      failedStarts += 1;
      trouble = `${program} cannot start: ${error instanceof Error ? error.message : String(error)}`;
      log.error(`${program} cannot start; it is tried again.`, { program, failedStarts, error });
      const longestMs = Math.min(limits.lastRetryMs, limits.firstRetryMs * 2 ** (failedStarts - 1));
      // Replicas that fail together should not try again together.
      const pauseMs = longestMs * (0.5 + Math.random() / 2);
      if (wanted) await sleep(pauseMs, undefined, { signal: wishChanged.signal }).catch(() => undefined);
    }
  };
  const stop = async () => {
    try {
      await watched('stop', limits.stopMs, () => work.stop());
      log.info(`${program} has stopped.`, { program });
    } catch (error) {
      log.error(`${program} did not stop cleanly.`, { program, error });
    }
    running = false;
    onRunning(false);
  };
  const settle = async () => {
    while (wanted !== running) await (wanted ? start() : stop());
    if (!running) {
      failedStarts = 0;
      trouble = undefined;
    }
    busy = false;
  };
  const want = (next: boolean) => {
    if (next === wanted) return;
    wanted = next;
    wishChanged.abort();
    wishChanged = new AbortController();
    if (busy) return;
    busy = true;
    settled = settle();
  };

  return {
    want: (next) => {
      if (!closed) want(next);
    },
    trouble: () => trouble,
    close: async () => {
      closed = true;
      want(false);
      await settled;
    },
  };
}
