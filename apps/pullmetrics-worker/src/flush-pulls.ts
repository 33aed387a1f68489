import type { Batch } from './batch.ts';
import type { BatchStore } from './batch-store.ts';
import type { FlushBatch } from './flush-batch.ts';
import { addReport, EMPTY_REPORT, type FlushReport } from './flush-report.ts';
import type { RecoverBatches } from './recover-batches.ts';

export type FlushPullsOptions = {
  readonly batches: Pick<BatchStore, 'claim'>;
  readonly flushBatch: FlushBatch;
  readonly recoverBatches: RecoverBatches;
  /** Batches that are written at the same time. */
  readonly writers: number;
};

/**
 * Flushes all pulls that wait in Redis, batch by batch; a signal ends it after the batches in hand. Never throws:
 * what went wrong is in the report.
 */
export type FlushPulls = (signal: AbortSignal) => Promise<FlushReport>;

export function createFlushPulls(options: FlushPullsOptions): FlushPulls {
  const { batches, flushBatch, recoverBatches, writers } = options;
  return async (signal) => {
    let report = EMPTY_REPORT;
    const writing = new Set<Promise<void>>();
    const add = (part: Partial<FlushReport>) => {
      report = addReport(report, part);
    };
    const write = (batch: Batch) => {
      const done: Promise<void> = flushBatch(batch).then((part) => {
        writing.delete(done);
        add(part);
      });
      writing.add(done);
    };
    // Once one batch has failed, the next would only be handed back as well.
    const goesOn = () => !signal.aborted && report.errors.length === 0;
    try {
      add(await recoverBatches(flushBatch, signal));
      let cursor = '0';
      do {
        if (!goesOn()) break;
        const { batch, ...claim } = await batches.claim(cursor);
        ({ cursor } = claim);
        add({
          scanned: claim.scannedKeys,
          leftToOthers: claim.keysLeft,
          claimed: batch?.events.length ?? 0,
          pythonOrphans: batch?.events.filter(({ orphaned }) => orphaned).length ?? 0,
        });
        if (batch === undefined) continue;
        // The next batch is claimed while these are written, and no more are in memory.
        while (writing.size >= writers) await Promise.race(writing);
        write(batch);
      } while (cursor !== '0');
    } catch (error) {
      add({ errors: [error as Error] });
    }
    await Promise.all(writing);
    return report;
  };
}
