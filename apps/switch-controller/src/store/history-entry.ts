import {
  parseSnapshot,
  snapshotToJson,
  type Snapshot,
  type SnapshotChange,
} from '@quay-observability/owner-switch';

/** One publication: what was published, and what it changed. */
export type HistoryEntry = {
  readonly snapshot: Snapshot;
  readonly changes: readonly SnapshotChange[];
  /** The version whose content was published again; undefined for anything but a rollback. */
  readonly rolledBackTo: number | undefined;
};

/** Entries and bytes that are kept. */
export const HISTORY_LIMITS = { entries: 100, bytes: 8 * 1024 * 1024 };

/** The form in which an entry is kept. */
export function historyEntryToJson({ snapshot, changes, rolledBackTo }: HistoryEntry): string {
  return JSON.stringify({
    snapshot: snapshotToJson(snapshot),
    changes,
    ...(rolledBackTo === undefined ? {} : { rolled_back_to: rolledBackTo }),
  });
}

/** The newest entries, as many as are kept; two whatever their size. */
export function boundHistory(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += Buffer.byteLength(historyEntryToJson(entry));
    return index >= HISTORY_LIMITS.entries || (index >= 2 && bytes > HISTORY_LIMITS.bytes);
  });
  return end === -1 ? entries : entries.slice(0, end);
}

/** Reads entries back; one that cannot be read is left out, because the others are still good to go back to. */
export function parseHistory(texts: readonly string[]): HistoryEntry[] {
  return texts.flatMap((text) => {
    try {
      const { snapshot, changes, rolled_back_to: target } = JSON.parse(text) as Record<string, unknown>;
      return [
        {
          snapshot: parseSnapshot(snapshot).snapshot,
          changes: Array.isArray(changes) ? changes.filter(isChange) : [],
          rolledBackTo: typeof target === 'number' ? target : undefined,
        },
      ];
    } catch {
      return [];
    }
  });
}

function isChange(value: unknown): value is SnapshotChange {
  if (typeof value !== 'object' || value === null) return false;
  const { field, from, to } = value as Record<string, unknown>;
  return typeof field === 'string' && isOwnerText(from) && isOwnerText(to);
}

function isOwnerText(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
