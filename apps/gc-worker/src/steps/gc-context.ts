import type { Database, Queries } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { POSTPONE_REASONS } from '@quay-observability/metric-catalogue';
import type { GlobalLocks } from '@quay-observability/redis';
import type { BlobStorage } from '@quay-observability/storage';
import type { RowTally } from './row-tally.ts';

/** What becomes of the totals of the quota when manifests go (contract section 8). */
export type QuotaRule = 'subtract' | 'invalidate' | 'leave';

export type GcRules = {
  /** Whether immutable tags stay although their end is long past. */
  readonly keepImmutableTags: boolean;
  readonly quota: QuotaRule;
};

/** Why a cleanup waits for a later round: rows that others have locked, files that could not be removed, or an error. */
export type PostponeReason = (typeof POSTPONE_REASONS)[number];

/** Counts what has gone, once that is committed. */
export type GcCounters = {
  rowsDeleted(tally: RowTally): void;
  blobRemoved(): void;
  cleanupPostponed(reason: PostponeReason): void;
  repositoryPurged(): void;
  namespacePurged(): void;
};

/** A storage location, as far as garbage collection needs it. */
export type FileRemover = Pick<BlobStorage, 'remove' | 'exists'> & {
  /** Whether it is left alone for now, because it has failed again and again. */
  isResting?(): boolean;
};

/** Everything that garbage collection works with. */
export type GcContext = {
  readonly database: Database;
  readonly locks: Pick<GlobalLocks, 'withLock'>;
  /** By the name of the location in `imagestoragelocation`. */
  readonly stores: ReadonlyMap<string, FileRemover>;
  readonly rules: GcRules;
  /** How long a server may still carry out a removal that it has not answered, and that was called off, in milliseconds. */
  readonly doubtMs: number;
  readonly counters: GcCounters;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
};

/** One transaction: its queries, and the tally of what it deletes. */
export type Step = { readonly queries: Queries; readonly tally: RowTally };
