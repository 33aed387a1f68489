import type { Metrics } from '@quay-observability/metrics';

/** Python's names of the class and the method whose work this is. */
const LABELS = { worker: 'GlobalPrometheusStatsWorker', operation: '_try_report_stats' } as const;

/** Gives a wrapper that records duration and progress of the operation as Python's workers do, failed or not. */
export function createOperationMeter(metrics: Metrics<'globalstats-worker'>) {
  const duration = metrics.histogram('quay_worker_operation_duration_seconds');
  const inProgress = metrics.gauge('quay_worker_operation_in_progress');
  return async <T>(operation: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    inProgress.add(LABELS, 1);
    try {
      return await operation();
    } finally {
      duration.observe(LABELS, (performance.now() - startedAt) / 1000);
      inProgress.add(LABELS, -1);
    }
  };
}
