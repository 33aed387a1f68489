import type { Response } from '@quay-observability/service';
import { parseSnapshot, snapshotToJson } from '@quay-observability/owner-switch';
import { changeWarnings } from '../changes/change-warnings.ts';
import type { ChangeResult } from '../changes/make-change.ts';

/** Answers what a change would do. */
export function sendDryRun(response: Response, { before, entry }: ChangeResult): void {
  const { snapshot, changes } = entry;
  response.json({
    dry_run: true,
    version: before.snapshot.version,
    // A change that changes nothing publishes nothing.
    next_version: changes.length === 0 ? before.snapshot.version : snapshot.version,
    changes,
    // What is rolled back to may be older than a rule that it breaks by now.
    warnings: [
      ...parseSnapshot(snapshotToJson(snapshot)).warnings,
      ...changeWarnings(before.snapshot, snapshot),
    ],
  });
}
