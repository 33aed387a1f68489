import { diffSnapshots, type Snapshot } from '@quay-observability/owner-switch';
import type { HistoryEntry } from '../store/history-entry.ts';

/**
 * Where a rollback without a target leads: to what was in force before the content that is in force now. After a
 * rollback this is what came before the version it went back to, so that rolling back twice goes back two changes,
 * and never brings the first one in again. Undefined if nothing older is known. `history` is newest first.
 */
export function previousContent(
  history: readonly HistoryEntry[],
  current: Snapshot,
): HistoryEntry | undefined {
  const entries = new Map(history.map((entry) => [entry.snapshot.version, entry]));
  let { version } = current;
  for (;;) {
    const origin = entries.get(version)?.rolledBackTo;
    // A target is always older, so that this ends.
    if (origin === undefined || origin >= version) break;
    version = origin;
  }
  return history.find(
    ({ snapshot }) => snapshot.version < version && diffSnapshots(snapshot, current).length > 0,
  );
}
