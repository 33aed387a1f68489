import type { CountedPulls } from '@quay-observability/redis-contracts';
import { addUpPulls } from './add-up-pulls.ts';
import type { Batch } from './batch.ts';
import type { BatchStore } from './batch-store.ts';
import type { FlushLog } from './flush-log.ts';
import type { FlushReport } from './flush-report.ts';
import { sortEvents, type SortedEvents } from './sort-events.ts';
import type { StatisticsStore, Written } from './statistics-store.ts';

export type FlushBatchOptions = {
  readonly batches: BatchStore;
  readonly statistics: StatisticsStore;
  readonly log: FlushLog;
  /** A batch has been written, or not, after so many seconds. */
  readonly ended: (seconds: number) => void;
};

/** Writes a batch and ends it, or hands it back; never throws. */
export type FlushBatch = (batch: Batch) => Promise<Partial<FlushReport>>;

/**
 * A batch goes through these steps; after each of them the process may be killed: claimed (Redis), rows added (PostgreSQL,
 * uncommitted), sealed with the transaction's id (Redis), committed (PostgreSQL), removed (Redis). Without a seal nothing
 * is committed, and with one PostgreSQL tells whether.
 */
export function createFlushBatch({ batches, statistics, log, ended }: FlushBatchOptions): FlushBatch {
  const write = async (batch: Batch, sorted: SortedEvents): Promise<Partial<FlushReport>> => {
    let isSealing = false;
    let written: Written | 'given up';
    try {
      written = await statistics.add(addUpPulls(sorted.pulls), (xid) => {
        isSealing = true;
        return batches.seal(batch, xid);
      });
    } catch (error) {
      // A seal may have arrived although no answer came: then only PostgreSQL can tell, at the next flush.
      if (isSealing || !(await batches.handBack(batch).catch(() => false)))
        return { openBatches: 1, errors: [error as Error] };
      return { handedBack: batch.events.length, errors: [error as Error] };
    }
    // Whoever took it over counts it.
    if (written === 'given up') return {};
    // What remains after this is found as committed, and removed.
    await batches.removeWritten(batch.id, written.xid).catch((error: unknown) => log.notRemoved(error));
    log.dropped(written, sorted.pulls);
    return outcomes(sorted, written);
  };

  return async (batch) => {
    const sorted = sortEvents(batch.events);
    const { oldestSeconds } = sorted;
    try {
      log.invalid(sorted.invalid);
      if (sorted.pulls.length > 0) return { oldestSeconds, ...(await write(batch, sorted)) };
      await batches.removeUnwritten(batch);
      return { empty: sorted.empty, invalid: sorted.invalid.length };
    } catch (error) {
      return { oldestSeconds, openBatches: 1, errors: [error as Error] };
    } finally {
      batches.release(batch);
      ended((performance.now() - batch.claimedAt) / 1000);
    }
  };
}

function outcomes(sorted: SortedEvents, { unknownRepositories, refused }: Written): Partial<FlushReport> {
  const refusedNames = new Set(
    refused.map(({ row }) => nameOf(row.repositoryId, 'tag' in row ? row.tag : row.digest)),
  );
  const isRefused = ({ repositoryId, tag, digest }: CountedPulls) =>
    refusedNames.size > 0 &&
    (refusedNames.has(nameOf(repositoryId, digest)) ||
      (tag !== undefined && refusedNames.has(nameOf(repositoryId, tag))));
  const known = sorted.pulls.filter(({ repositoryId }) => !unknownRepositories.has(repositoryId));
  const flushed = known.filter((pulls) => !isRefused(pulls));
  return {
    flushed: flushed.length,
    empty: sorted.empty,
    invalid: sorted.invalid.length,
    unknownRepository: sorted.pulls.length - known.length,
    refused: known.length - flushed.length,
    pulls: flushed.reduce((sum, { count }) => sum + count, 0n),
  };
}

/** A digest has a colon, a tag has none. */
function nameOf(repositoryId: number, tagOrDigest: string): string {
  return `${repositoryId} ${tagOrDigest}`;
}
