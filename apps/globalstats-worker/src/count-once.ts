import { cancellableReads, type Database } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import { countRows } from './count-rows.ts';
import type { RowGauges } from './row-gauges.ts';

export type CountOnceOptions = {
  readonly database: Database;
  readonly metrics: Metrics<'globalstats-worker'>;
  readonly gauges: RowGauges;
  readonly log: Logger;
};

/** Counts and shows what was counted. Rejects if that failed: then the last numbers stay. */
export type CountOnce = (signal: AbortSignal) => Promise<void>;

export function createCountOnce({ database, metrics, gauges, log }: CountOnceOptions): CountOnce {
  const runs = metrics.counter('quay_globalstats_runs_total');
  for (const outcome of ['reported', 'failed', 'cancelled']) runs.inc({ outcome }, 0);
  return async (signal) => {
    try {
      const counts = await database.read(
        (queries) => cancellableReads(queries, signal, (reads) => countRows(reads, signal)),
        // It may lag: of numbers that are half an hour old on the average, nobody notices.
        { allowReplica: true },
      );
      signal.throwIfAborted();
      gauges.show(counts, Date.now() / 1000);
      runs.inc({ outcome: 'reported' });
      log.debug('Counted the global statistics.', { counts });
    } catch (error) {
      runs.inc({ outcome: signal.aborted ? 'cancelled' : 'failed' });
      throw error;
    }
  };
}
