import { setTimeout as pause } from 'node:timers/promises';
import type { Jobs } from '@quay-observability/jobs';
import type { Logger } from '@quay-observability/logging';
import type { GlobalLocks } from '@quay-observability/redis';
import type { OwnedWork } from '@quay-observability/service';
import type { CountOnce } from './count-once.ts';
import type { RowGauges } from './row-gauges.ts';

export type GlobalStatisticsOptions = {
  readonly locks: Pick<GlobalLocks, 'withLock'>;
  readonly jobs: Jobs;
  readonly countOnce: CountOnce;
  readonly gauges: RowGauges;
  readonly log: Logger;
  readonly intervalMs: number;
  readonly timing?: Partial<Timing>;
};

/** In milliseconds. */
export type Timing = {
  /** How soon a reporter notices that its lock is gone, after a restart of Redis say. */
  readonly renewEveryMs: number;
  /** How long one wait for the lock lasts; the next follows at once. */
  readonly waitMs: number;
  /** How soon a Redis that was away is asked again. */
  readonly redisRetryMs: number;
  /** How soon a count that failed is repeated, if that is before the next. */
  readonly countRetryMs: number;
  /** How long a cancelled count may take to end before the lock is given back regardless: it only reads. */
  readonly cancelLimitMs: number;
};

export const PROGRAM = 'GLOBALPROMSTATS';

const TIMING: Timing = {
  renewEveryMs: 10_000,
  waitMs: 60_000,
  redisRetryMs: 5000,
  countRetryMs: 60_000,
  cancelLimitMs: 3000,
};

/** Python's names of the class and the method whose work this is. */
const OPERATION = { worker: 'GlobalPrometheusStatsWorker', operation: '_try_report_stats' };

/** Python's name and time to live (contract section 6). */
const LOCK = { name: 'GLOBAL_PROM_STATS', ttlSeconds: 600 };

/**
 * The work of GLOBALPROMSTATS (contract section 7). Of all replicas the holder of the lock is the reporter: it keeps the
 * lock between two counts, takes the ticks of the schedule, and shows its numbers exactly as long as it holds the lock.
 * The others wait for the lock, and take no ticks.
 */
export function createGlobalStatistics(options: GlobalStatisticsOptions): OwnedWork {
  const { locks, jobs, countOnce, gauges, log, intervalMs } = options;
  const { waitMs, renewEveryMs, ...timing } = { ...TIMING, ...options.timing };

  const report = async (held: AbortSignal): Promise<void> => {
    log.info('This process reports the global statistics.', { intervalSeconds: intervalMs / 1000 });
    // At once, and here alone: somebody else may show numbers from now on.
    held.addEventListener('abort', () => gauges.remove(), { once: true });
    const retryMs = Math.min(timing.countRetryMs, intervalMs);
    const counting = jobs.scheduledWork({
      program: PROGRAM,
      ...OPERATION,
      everyMs: intervalMs,
      // Until the next is due.
      attempts: Math.max(1, Math.floor(intervalMs / retryMs)),
      backoff: { type: 'fixed', delayMs: retryMs },
      // The reporter before has taken its numbers along.
      startsAtOnce: true,
      // Nobody would see the result.
      graceMs: 0,
      run: countOnce,
    });
    await counting.start();
    await aborted(held);
    await Promise.race([counting.stop(), pause(timing.cancelLimitMs, undefined, { ref: false })]);
  };

  const takeTurns = async (signal: AbortSignal): Promise<void> => {
    let told = '';
    const tellOnce = (outcome: string, tell: () => void) => {
      if (told !== outcome) tell();
      told = outcome;
    };
    while (!signal.aborted) {
      // The first look does not wait, so that the log soon says who reports.
      const wait = { waitMs: told === 'busy' ? waitMs : 0, renewEveryMs, signal };
      const result = await locks.withLock(LOCK.name, { ttlSeconds: LOCK.ttlSeconds, ...wait }, report);
      if (signal.aborted) return;
      if (result.outcome === 'busy')
        tellOnce('busy', () => log.info('Another process reports the global statistics; this one waits.'));
      if (result.outcome === 'lost')
        tellOnce('lost', () => log.warning(`${result.error.message} No statistics are reported from here.`));
      if (result.outcome === 'unavailable') {
        tellOnce('unavailable', () =>
          log.warning('The global statistics wait for Redis.', { error: result.error.message }),
        );
        await pause(timing.redisRetryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };

  let current: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  return {
    start: () => {
      const stop = new AbortController();
      current ??= { stop, ended: takeTurns(stop.signal) };
      return Promise.resolve();
    },
    stop: async () => {
      const ending = current;
      current = undefined;
      // Numbers that nobody will see are not worth waiting for: a count in progress is cancelled.
      ending?.stop.abort(new Error('the global statistics are stopped'));
      await ending?.ended;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
