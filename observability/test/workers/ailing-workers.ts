import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AppName } from '@quay-observability/metric-catalogue';
import { createMetrics, type Metrics } from '@quay-observability/metrics';

/** Metrics of the worker apps, and of a switch-controller, exposed as they expose them, of an installation in which all goes wrong. */
export type AilingWorkers = {
  targets: readonly { processName: AppName; url: string }[];
  /** What goes wrong in one round. */
  fail(): void;
  stop(): Promise<void>;
};

const QUEUE = { queue: 'GCWORKER' };
const FLUSH = { queue: 'PULLSTATSREDISFLUSHWORKER' };

/** Starts them. Runs fail, stall and wait; pulls stay and are dropped; purges are taken in vain; nobody counts. */
export async function startAilingWorkers(): Promise<AilingWorkers> {
  const gc = createMetrics({ app: 'gc-worker', runtimeMetrics: false });
  const flusher = createMetrics({ app: 'pullmetrics-worker', runtimeMetrics: false });
  const statistics = createMetrics({ app: 'globalstats-worker', runtimeMetrics: false });
  const controller = createMetrics({ app: 'switch-controller', runtimeMetrics: false });

  const owners = controller.gauge('quay_switch_capability_owner');
  for (const capability of [QUEUE.queue, FLUSH.queue]) owners.set({ capability, owner: 'go' }, 1);
  statistics.gauge('quay_worker_running').set({ program: 'GLOBALPROMSTATS' }, 1);
  const jobs = gc.gauge('quay_job_queue_jobs');
  jobs.set({ ...QUEUE, state: 'waiting' }, 2);
  jobs.set({ ...QUEUE, state: 'active' }, 0);
  // Last succeeded in 1970, as clocks go; and a collection once, before all this.
  flusher.gauge('quay_job_last_success_timestamp_seconds').set(FLUSH, 1);
  const collection = { worker: 'GarbageCollectionWorker', operation: '_garbage_collection_repos' };
  gc.histogram('quay_worker_operation_duration_seconds').observe(collection, 1);
  const queue = { queue_name: 'repositorygc' };
  gc.gauge('quay_queue_items_available_unlocked').set(queue, 40);
  flusher.gauge('quay_pull_flush_lag_seconds').set({}, 5000);
  flusher.gauge('quay_pull_flush_last_success_timestamp_seconds').set({}, 1);

  const runs = gc.counter('quay_job_runs_total');
  const stalled = gc.counter('quay_job_stalled_total');
  const gets = gc.counter('quay_queue_item_gets_total');
  gc.counter('quay_gc_repos_purged_total').inc({}, 0);
  gc.counter('quay_gc_namespaces_purged_total').inc({}, 0);
  const flushes = flusher.counter('quay_pull_flush_runs_total');
  const claimed = flusher.counter('quay_pull_flush_keys_claimed_total');
  const settled = flusher.counter('quay_pull_flush_keys_settled_total');

  const exposed = await Promise.all([
    expose('gc-worker', gc),
    expose('pullmetrics-worker', flusher),
    expose('globalstats-worker', statistics),
    expose('switch-controller', controller),
  ]);
  return {
    targets: exposed.map(({ target }) => target),
    fail: () => {
      runs.inc({ ...QUEUE, outcome: 'failed' });
      stalled.inc(QUEUE);
      gets.inc({ ...queue, availability: 'acquired' });
      flushes.inc({ outcome: 'failed' });
      claimed.inc({ source: 'python_orphan' });
      settled.inc({ outcome: 'invalid' });
    },
    stop: async () => {
      await Promise.all(exposed.map(({ stop }) => stop()));
    },
  };
}

async function expose(processName: AppName, metrics: Pick<Metrics<AppName>, 'exposition'>) {
  const server = createServer((request, response) => {
    void metrics.exposition(request.headers.accept).then(({ contentType, body }) => {
      response.setHeader('Content-Type', contentType);
      response.end(body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    target: { processName, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
