import type { JobRun } from '@quay-observability/jobs';
import type { Logger } from '@quay-observability/logging';
import type { FlushMetrics, FlushOutcome } from './flush-metrics.ts';
import type { FlushPulls } from './flush-pulls.ts';
import type { FlushReport } from './flush-report.ts';

export type PullFlusherOptions = {
  readonly flushPulls: FlushPulls;
  readonly metrics: Pick<FlushMetrics, 'flushed'>;
  readonly log: Logger;
};

/**
 * One tick of PULLSTATSREDISFLUSHWORKER (contract section 5): a flush of everything that waits. Rejects if not
 * everything could be flushed: what was not stays in Redis, and is flushed by the next.
 */
export function createPullFlusher({ flushPulls, metrics, log }: PullFlusherOptions): JobRun {
  return async (signal) => {
    const startedAtSeconds = Date.now() / 1000;
    const report = await flushPulls(signal);
    const outcome = outcomeOf(report, signal);
    metrics.flushed(outcome, report, startedAtSeconds);
    if (outcome === 'failed') {
      // The first of its kind is told by the schedule.
      log.debug('Pulls could not be flushed. They stay in Redis, and it is tried again.', fieldsOf(report));
      throw report.errors[0] ?? new Error('PostgreSQL does not tell yet what became of a batch of pulls');
    }
    log[report.claimed > 0 ? 'info' : 'debug']('Pulls have been flushed.', fieldsOf(report));
    // What is left is for another replica.
    signal.throwIfAborted();
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
