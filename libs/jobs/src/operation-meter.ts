import type { WorkerApp } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';

/** Python's names of the class and the method whose work it is. */
export type Operation = { readonly worker: string; readonly operation: string };

export type OperationMeter = <T>(operation: Operation, work: () => Promise<T>) => Promise<T>;

/** Gives a wrapper that records duration and progress of an operation as Python's workers do, failed or not. */
export function createOperationMeter(
  metrics: Pick<Metrics<WorkerApp>, 'gauge' | 'histogram'>,
): OperationMeter {
  const duration = metrics.histogram('quay_worker_operation_duration_seconds');
  const inProgress = metrics.gauge('quay_worker_operation_in_progress');
  return async ({ worker, operation }, work) => {
    const labels = { worker, operation };
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
