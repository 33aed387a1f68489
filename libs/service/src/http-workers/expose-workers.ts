import type { AppWithHttpWorkers } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';

/** How many processes serve, and how many have begun to and do not answer. */
export type WorkerStates = { readonly serving: number; readonly silent: number };

/** Exposes what the workers of an app are at; the result counts one that was started again. */
export function exposeWorkers(metrics: Metrics<AppWithHttpWorkers>, states: () => WorkerStates): () => void {
  const workers = metrics.gauge('quay_http_workers');
  workers.onCollect(() => {
    const { serving, silent } = states();
    workers.set({ state: 'serving' }, serving);
    workers.set({ state: 'silent' }, silent);
  });
  const restarts = metrics.counter('quay_http_worker_restarts_total');
  return () => {
    restarts.inc({});
  };
}
