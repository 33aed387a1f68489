import type { Logger } from '@quay-observability/logging';
import { runEvery, type OwnedWork } from '@quay-observability/service';
import type { FlushMetrics, FlushOutcome } from './flush-metrics.ts';
import type { FlushPulls } from './flush-pulls.ts';
import type { FlushReport } from './flush-report.ts';

export type PullFlusherOptions = {
  readonly flushPulls: FlushPulls;
  /** Records duration and progress as Python's workers do. */
  readonly measured: <T>(work: () => Promise<T>) => Promise<T>;
  readonly metrics: Pick<FlushMetrics, 'flushed'>;
  readonly log: Logger;
  /** From the beginning of a flush to that of the next. */
  readonly intervalMs: number;
  /** After a flush that failed, if that is sooner. */
  readonly retryMs?: number;
};

const RETRY_MS = 5000;

/** The work of PULLSTATSREDISFLUSHWORKER (contract section 5): a flush now and after each interval. */
export function createPullFlusher(options: PullFlusherOptions): OwnedWork {
  const { flushPulls, measured, metrics, log, intervalMs, retryMs = RETRY_MS } = options;
  let wasFailing = false;

  const flush = async (signal: AbortSignal): Promise<boolean> => {
    const startedAtSeconds = Date.now() / 1000;
    const report = await measured(() => flushPulls(signal));
    const outcome = outcomeOf(report, signal);
    metrics.flushed(outcome, report, startedAtSeconds);
    if (outcome === 'failed')
      log[wasFailing ? 'debug' : 'error'](
        'Pulls could not be flushed. They stay in Redis, and it is tried again.',
        { ...fieldsOf(report), error: report.errors[0] },
      );
    else {
      if (wasFailing && outcome === 'flushed') log.info('Pulls are flushed again.');
      log[report.claimed > 0 ? 'info' : 'debug']('Pulls have been flushed.', fieldsOf(report));
    }
    if (outcome !== 'cancelled') wasFailing = outcome === 'failed';
    return outcome !== 'failed';
  };

  let current: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  return {
    start: () => {
      const stop = new AbortController();
      const { signal } = stop;
      current ??= { stop, ended: runEvery({ intervalMs, retryMs, signal }, () => flush(signal)) };
      return Promise.resolve();
    },
    stop: async () => {
      const ending = current;
      current = undefined;
      ending?.stop.abort();
      await ending?.ended;
    },
  };
}

function outcomeOf({ errors, openBatches }: FlushReport, signal: AbortSignal): FlushOutcome {
  if (errors.length > 0 || openBatches > 0) return 'failed';
  return signal.aborted ? 'cancelled' : 'flushed';
}

function fieldsOf({ pulls, ...report }: FlushReport): Record<string, unknown> {
  const counts = Object.entries(report).filter(
    ([name, value]) => name !== 'oldestSeconds' && typeof value === 'number' && value > 0,
  );
  return { ...Object.fromEntries(counts), pulls: String(pulls) };
}
