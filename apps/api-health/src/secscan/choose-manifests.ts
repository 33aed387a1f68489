import type { ManifestRow } from './find-manifests.ts';

/** A manifest whose first result may be this one. */
export type Candidate = { readonly id: number; readonly pushedAtMs: number };

/** Why a result is no first one, or cannot be known to be one. */
export type NoCandidate = 'unknown_manifest' | 'already_scanned' | 'no_push_time' | 'late';

/**
 * The manifests that wait for their first result, as Quay sees it: pushed, and no outcome of a scan on record. An
 * outcome that was written after the request arrived may be of this very result or of a scan before: `late`.
 */
export function chooseManifests(
  rows: readonly ManifestRow[],
  arrivedAtMs: number,
): readonly Candidate[] | NoCandidate {
  if (rows.length === 0) return 'unknown_manifest';
  const unscanned = rows.filter(({ scannedAtMs }) => scannedAtMs === undefined);
  if (unscanned.length === 0)
    return rows.some(({ scannedAtMs = 0 }) => scannedAtMs >= arrivedAtMs) ? 'late' : 'already_scanned';
  const candidates = unscanned.flatMap(({ id, pushedAtMs }) =>
    pushedAtMs === undefined ? [] : [{ id, pushedAtMs }],
  );
  return candidates.length === 0 ? 'no_push_time' : candidates;
}
