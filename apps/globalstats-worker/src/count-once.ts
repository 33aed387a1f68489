import { cancellableReads, type Database } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import { createOperationMeter } from '@quay-observability/service';
import { countRows } from './count-rows.ts';
import type { RowGauges } from './row-gauges.ts';

/** Python's names of the class and the method whose work this is. */
const LABELS = { worker: 'GlobalPrometheusStatsWorker', operation: '_try_report_stats' } as const;

export type CountOnceOptions = {
  readonly database: Database;
  readonly metrics: Metrics<'globalstats-worker'>;
  readonly gauges: RowGauges;
  readonly log: Logger;
};

/** Counts and shows what was counted; resolves to whether that succeeded. What failed leaves the last numbers. */
export type CountOnce = (signal: AbortSignal) => Promise<boolean>;

export function createCountOnce({ database, metrics, gauges, log }: CountOnceOptions): CountOnce {
  const measured = createOperationMeter(metrics, LABELS);
  const runs = metrics.counter('quay_globalstats_runs_total');
  for (const outcome of ['reported', 'failed', 'cancelled']) runs.inc({ outcome }, 0);
  return async (signal) => {
    try {
      const counts = await measured(() =>
        // A replica may lag: of numbers that are an hour old on the average, nobody notices.
        database.read((queries) => cancellableReads(queries, signal, (reads) => countRows(reads, signal)), {
          allowReplica: true,
        }),
      );
      signal.throwIfAborted();
      gauges.show(counts, Date.now() / 1000);
      runs.inc({ outcome: 'reported' });
      log.debug('Counted the global statistics.', { counts });
      return true;
    } catch (error) {
      runs.inc({ outcome: signal.aborted ? 'cancelled' : 'failed' });
      if (!signal.aborted) log.error('The global statistics could not be counted.', { error });
      return false;
    }
  };
}
