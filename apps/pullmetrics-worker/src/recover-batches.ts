import type { Logger } from '@quay-observability/logging';
import { UNREADABLE, type FoundBatch } from '@quay-observability/redis-contracts';
import type { Batch } from './batch.ts';
import type { BatchStore } from './batch-store.ts';
import { addReport, EMPTY_REPORT, type FlushReport } from './flush-report.ts';
import type { StatisticsStore } from './statistics-store.ts';

export type RecoverOptions = {
  readonly batches: Pick<BatchStore, 'findAbandoned' | 'takeOver' | 'removeWritten' | 'setAside'>;
  readonly statistics: Pick<StatisticsStore, 'fateOf'>;
  readonly log: Pick<Logger, 'info' | 'warning' | 'error'>;
};

/** What is done with a batch that has certainly not been written: it is flushed, or handed back. */
export type Unwritten = (batch: Batch) => Promise<Partial<FlushReport>>;

/**
 * Settles the batches that nobody works on any more. One without a transaction, or with one that was aborted, has not
 * been written; it is taken over, after which its earlier owner cannot commit it. One whose transaction was committed is removed.
 * One that nobody can read is set aside, or it would keep everything else from being flushed, for ever.
 *
 * Resolves to what was done; rejects when Redis or PostgreSQL does not answer, and the rest is left for the next time.
 */
export type RecoverBatches = (unwritten: Unwritten, signal: AbortSignal) => Promise<FlushReport>;

export function createRecoverBatches({ batches, statistics, log }: RecoverOptions): RecoverBatches {
  const isWritten = async ({ id, xid }: FoundBatch): Promise<boolean | 'unknown'> => {
    if (xid === undefined) return false;
    const fate = await statistics.fateOf(xid);
    // A transaction that ended so long ago has most likely been committed: the seal comes right before the commit.
    if (fate === 'forgotten')
      log.error(
        'PostgreSQL does not know any more what became of a batch of pulls; it is not counted again.',
        {
          batch: id,
          xid,
        },
      );
    if (fate === 'never')
      log.warning(
        'A batch of pulls was written to another database, or before it was restored; it is flushed.',
        {
          batch: id,
          xid,
        },
      );
    if (fate === 'in progress') return 'unknown';
    return fate === 'committed' || fate === 'forgotten';
  };

  const setAside = async ({ id }: FoundBatch) => {
    await batches.setAside(id);
    log.error('A batch of pulls in Redis cannot be read; it is set aside, its key stays.', { batch: id });
  };

  return async (unwritten, signal) => {
    let report = EMPTY_REPORT;
    for (const found of await batches.findAbandoned()) {
      if (signal.aborted) break;
      if (found.xid === UNREADABLE) {
        await setAside(found);
        continue;
      }
      const written = await isWritten(found);
      if (written === 'unknown') report = addReport(report, { openBatches: 1 });
      else if (written) await batches.removeWritten(found.id, found.xid!);
      else {
        const batch = await batches.takeOver(found);
        if (batch === UNREADABLE) await setAside(found);
        if (batch === undefined || batch === UNREADABLE) continue;
        log.info('An abandoned batch of pulls is taken over.', {
          batch: found.id,
          keys: batch.events.length,
        });
        const { length } = batch.events;
        report = addReport(report, { claimed: length, takenOver: length, ...(await unwritten(batch)) });
      }
    }
    return report;
  };
}
