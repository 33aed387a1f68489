import { parseSnapshot } from '@quay-observability/owner-switch';
import { publishedOf, type Published } from '../src/published.ts';
import type { HistoryEntry } from '../src/store/history-entry.ts';

/** A published snapshot of these fields over an empty one. */
export function published(fields: Record<string, unknown> = {}): Published {
  const { snapshot, warnings } = parseSnapshot({
    version: 7,
    updated_at: '2026-02-16T10:00:00Z',
    owners: {},
    ...fields,
  });
  return publishedOf(snapshot, warnings);
}

/** Entries of a history, newest first, from versions and their owners of V2_PULL. */
export function history(
  ...entries: { version: number; owner: string; rolledBackTo?: number }[]
): HistoryEntry[] {
  return entries.map(({ version, owner, rolledBackTo }) => ({
    snapshot: published({ version, owners: { ROUTE_OWNER_CAP_V2_PULL: owner } }).snapshot,
    changes: [],
    rolledBackTo,
  }));
}
