import type { OperationMeter } from '@quay-observability/jobs';
import type { Logger } from '@quay-observability/logging';
import type { WORKER_OPERATIONS, WORKERS } from '@quay-observability/metric-catalogue';
import { isContention } from '../steps/is-contention.ts';
import type { Round } from './run-rounds.ts';

/** Python's names of the class and the method whose work a round is. */
export type Operation = {
  readonly worker: (typeof WORKERS)[number];
  readonly operation: (typeof WORKER_OPERATIONS)[number];
};

/** To be held up by somebody else is no failure: the next round goes on. Everything else is passed on. */
export function toleratingContention(labels: Operation, round: Round, log: Logger): Round {
  return async (signal) => {
    try {
      await round(signal);
    } catch (error) {
      if (!isContention(error)) throw error;
      log.info('A round of garbage collection was held up by somebody else.', { ...labels, error });
    }
  };
}

/** Gives a wrapper that measures rounds as Python's workers do, and logs what they throw instead of passing it on. */
export function createRoundGuard(measured: OperationMeter, log: Logger) {
  return (labels: Operation, round: Round): Round => {
    const tolerating = toleratingContention(labels, round, log);
    return async (signal) => {
      try {
        await measured(labels, () => tolerating(signal));
      } catch (error) {
        if (!signal.aborted) log.error('A round of garbage collection failed.', { ...labels, error });
      }
    };
  };
}
