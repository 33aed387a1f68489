import type { AppWithHttpWorkers } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import { WORKERS_CHECK } from './merge-reports.ts';

/** How many processes serve, and how many have begun to and do not answer. */
export type WorkerStates = { readonly serving: number; readonly silent: number };

/**
 * Exposes what the workers of an app are at; the result counts one that was started again. Where a process watches
 * over `wanted` of them, that they all serve is a check of its own.
 */
export function exposeWorkers(
  metrics: Metrics<AppWithHttpWorkers>,
  states: () => WorkerStates,
  wanted?: number,
): () => void {
  const up = metrics.gauge('quay_health_check_up');
  const workers = metrics.gauge('quay_http_workers');
  workers.onCollect(() => {
    const { serving, silent } = states();
    workers.set({ state: 'serving' }, serving);
    workers.set({ state: 'silent' }, silent);
    if (wanted !== undefined) up.set({ check: WORKERS_CHECK }, serving === wanted ? 1 : 0);
  });
  const restarts = metrics.counter('quay_http_worker_restarts_total');
  return () => {
    restarts.inc({});
  };
}
