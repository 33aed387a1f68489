import type { ManifestRow } from './find-manifests.ts';

/** A manifest whose first result may be this one. */
export type Candidate = { readonly id: number; readonly pushedAtMs: number };

/** Why a result is no first one, or cannot be known to be one. */
export type NoCandidate = 'unknown_manifest' | 'already_scanned' | 'no_push_time' | 'late';

/**
 * The manifests that may have their first result now, as Quay sees it: pushed, and no outcome of a scan on record when
 * the request arrived. An outcome that was written since is mostly of this very result, as Quay writes it down at once,
 * but may be of a scan before it that was repeated: it is believed only of what was pushed within `rememberMs`, for which
 * a first result would still be claimed.
 */
export function chooseManifests(
  rows: readonly ManifestRow[],
  { arrivedAtMs, rememberMs }: { arrivedAtMs: number; rememberMs: number },
): readonly Candidate[] | NoCandidate {
  if (rows.length === 0) return 'unknown_manifest';
  const unscanned = rows.filter(({ scannedAtMs }) => scannedAtMs === undefined || scannedAtMs >= arrivedAtMs);
  if (unscanned.length === 0) return 'already_scanned';
  const pushed = unscanned.filter(({ pushedAtMs }) => pushedAtMs !== undefined);
  if (pushed.length === 0) return 'no_push_time';
  const candidates = pushed.flatMap(({ id, pushedAtMs = 0, scannedAtMs }) =>
    scannedAtMs === undefined || pushedAtMs >= arrivedAtMs - rememberMs ? [{ id, pushedAtMs }] : [],
  );
  return candidates.length === 0 ? 'late' : candidates;
}
