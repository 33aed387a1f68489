import type { SnapshotChange } from '@quay-observability/owner-switch';
import type { HistoryEntry } from '../store/history-entry.ts';

/** The answer of `GET /v1/history`, newest first. */
export type HistoryView = { readonly entries: readonly HistoryEntryView[] };
export type HistoryEntryView = {
  readonly version: number;
  readonly updated_at: string;
  readonly updated_by: string | null;
  readonly reason: string | null;
  readonly changes: readonly SnapshotChange[];
  /** The version whose content was published again; absent from anything but a rollback. */
  readonly rolled_back_to?: number;
};

/** The last publications and what each changed. */
export function describeHistory(history: readonly HistoryEntry[], limit: number): HistoryView {
  return {
    entries: history.slice(0, limit).map(({ snapshot, changes, rolledBackTo }) => ({
      version: snapshot.version,
      updated_at: snapshot.updatedAt,
      updated_by: snapshot.updatedBy ?? null,
      reason: snapshot.reason ?? null,
      changes,
      ...(rolledBackTo === undefined ? {} : { rolled_back_to: rolledBackTo }),
    })),
  };
}
