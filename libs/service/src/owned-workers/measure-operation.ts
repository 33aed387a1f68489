import type { Metrics } from '@quay-observability/metrics';
import type { WorkerApp } from './owned-workers.ts';

/** Python's names of the class and the method whose work it is. */
export type OperationLabels = { readonly worker: string; readonly operation: string };

/** Gives a wrapper that records duration and progress of an operation as Python's workers do, failed or not. */
export function createOperationMeter(
  metrics: Pick<Metrics<WorkerApp>, 'gauge' | 'histogram'>,
  { worker, operation }: OperationLabels,
) {
  const labels = { worker, operation };
  const duration = metrics.histogram('quay_worker_operation_duration_seconds');
  const inProgress = metrics.gauge('quay_worker_operation_in_progress');
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    inProgress.add(labels, 1);
    try {
      return await work();
    } finally {
      duration.observe(labels, (performance.now() - startedAt) / 1000);
      inProgress.add(labels, -1);
    }
  };
}
