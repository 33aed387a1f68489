import type { Metrics } from '@quay-observability/metrics';
import type { FlushReport } from './flush-report.ts';

/** How a flush ended. */
export type FlushOutcome = 'flushed' | 'failed' | 'cancelled';

export type FlushMetrics = {
  flushed(outcome: FlushOutcome, report: FlushReport, startedAtSeconds: number): void;
  batchEnded(seconds: number): void;
};

/**
 * The metrics of the flusher. The next flush may be another replica's, so that the lag that this one has found vanishes
 * after `lagKeptMs`: it would be taken for a present one.
 */
export function createFlushMetrics(
  metrics: Metrics<'pullmetrics-worker'>,
  { lagKeptMs }: { readonly lagKeptMs: number },
): FlushMetrics {
  const runs = metrics.counter('quay_pull_flush_runs_total');
  const scanned = metrics.counter('quay_pull_flush_keys_scanned_total');
  const claimed = metrics.counter('quay_pull_flush_keys_claimed_total');
  const settled = metrics.counter('quay_pull_flush_keys_settled_total');
  const pulls = metrics.counter('quay_pull_flush_pulls_total');
  const lag = metrics.gauge('quay_pull_flush_lag_seconds');
  const lastSuccess = metrics.gauge('quay_pull_flush_last_success_timestamp_seconds');
  const batchDuration = metrics.histogram('quay_pull_flush_batch_duration_seconds');

  let oldestSeconds: number | undefined;
  let lagShownAt = Infinity;
  lag.onCollect(() => {
    if (performance.now() - lagShownAt > lagKeptMs) lag.remove({});
  });

  const keys = (report: FlushReport) => {
    scanned.inc({}, report.scanned);
    const { pythonOrphans, takenOver } = report;
    claimed.inc({ source: 'pull' }, report.claimed - pythonOrphans - takenOver);
    claimed.inc({ source: 'python_orphan' }, pythonOrphans);
    claimed.inc({ source: 'orphan' }, takenOver);
    settled.inc({ outcome: 'flushed' }, report.flushed);
    settled.inc({ outcome: 'empty' }, report.empty);
    settled.inc({ outcome: 'invalid' }, report.invalid);
    settled.inc({ outcome: 'unknown_repository' }, report.unknownRepository);
    settled.inc({ outcome: 'refused' }, report.refused);
    settled.inc({ outcome: 'handed_back' }, report.handedBack);
    pulls.inc({}, Number(report.pulls));
  };
  for (const outcome of ['flushed', 'failed', 'cancelled'] as const) runs.inc({ outcome }, 0);
  return {
    flushed: (outcome, report, startedAtSeconds) => {
      runs.inc({ outcome });
      keys(report);
      // A flush that failed may have found nothing because it could not look.
      const hasLooked = outcome === 'flushed' || report.oldestSeconds !== undefined;
      if (hasLooked) oldestSeconds = report.oldestSeconds;
      if (oldestSeconds !== undefined) lag.set({}, Math.max(0, startedAtSeconds - oldestSeconds));
      else if (hasLooked) lag.set({}, 0);
      else lag.remove({});
      lagShownAt = performance.now();
      if (outcome === 'flushed') lastSuccess.set({}, Date.now() / 1000);
    },
    batchEnded: (seconds) => {
      batchDuration.observe({}, seconds);
    },
  };
}
