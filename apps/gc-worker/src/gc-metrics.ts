import type { Metrics } from '@quay-observability/metrics';
import type { Availability, QueueState } from './queue/work-queue.ts';
import type { GcCounters } from './steps/gc-context.ts';

export type GcMetrics = {
  readonly counters: GcCounters;
  readonly iteration: () => void;
  readonly queueGet: (queue: string, availability: Availability) => void;
  readonly queueState: (queue: string, state: QueueState) => void;
};

/** The counters of garbage collection under Python's names (contract section 8). */
export function createGcMetrics(metrics: Metrics<'gc-worker'>): GcMetrics {
  const rows = metrics.counter('quay_gc_table_rows_deleted_total');
  const blobs = metrics.counter('quay_gc_storage_blobs_deleted_total');
  const repositories = metrics.counter('quay_gc_repos_purged_total');
  const namespaces = metrics.counter('quay_gc_namespaces_purged_total');
  const iterations = metrics.counter('quay_gc_iterations_total');
  const postponed = metrics.counter('quay_gc_cleanups_postponed_total');
  const gets = metrics.counter('quay_queue_item_gets_total');
  const locked = metrics.gauge('quay_queue_items_locked');
  const available = metrics.gauge('quay_queue_items_available');
  const unlocked = metrics.gauge('quay_queue_items_available_unlocked');
  return {
    counters: {
      rowsDeleted: (tally) => {
        for (const [table, count] of Object.entries(tally)) rows.inc({ table: table }, count);
      },
      blobRemoved: () => blobs.inc({}),
      cleanupPostponed: (reason) => postponed.inc({ reason }),
      repositoryPurged: () => repositories.inc({}),
      namespacePurged: () => namespaces.inc({}),
    },
    iteration: () => iterations.inc({}),
    queueGet: (queue, availability) => gets.inc({ queue_name: queue, availability }),
    queueState: (queue, state) => {
      locked.set({ queue_name: queue }, state.locked);
      available.set({ queue_name: queue }, state.available);
      unlocked.set({ queue_name: queue }, state.unlocked);
    },
  };
}
