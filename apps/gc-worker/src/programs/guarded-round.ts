import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import type { WORKER_OPERATIONS, WORKERS } from '@quay-observability/metric-catalogue';
import { isContention } from '../steps/is-contention.ts';
import type { Round } from './run-rounds.ts';

/** Python's names of the class and the method whose work a round is. */
export type Operation = {
  readonly worker: (typeof WORKERS)[number];
  readonly operation: (typeof WORKER_OPERATIONS)[number];
};

/** Gives a wrapper that measures rounds as Python's workers do, and logs what they throw instead of passing it on. */
export function createRoundGuard(metrics: Metrics<'gc-worker'>, log: Logger) {
  const duration = metrics.histogram('quay_worker_operation_duration_seconds');
  const inProgress = metrics.gauge('quay_worker_operation_in_progress');
  return (labels: Operation, round: Round): Round =>
    async (signal) => {
      const startedAt = performance.now();
      inProgress.add(labels, 1);
      try {
        await round(signal);
      } catch (error) {
        if (isContention(error))
          log.info('A round of garbage collection was held up by somebody else.', { ...labels, error });
        else if (!signal.aborted) log.error('A round of garbage collection failed.', { ...labels, error });
      } finally {
        duration.observe(labels, (performance.now() - startedAt) / 1000);
        inProgress.add(labels, -1);
      }
    };
}
