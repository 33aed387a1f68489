import type { Step } from '../steps/gc-context.ts';
import { countRows } from '../steps/row-tally.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import type { FreeManifest } from './free-manifests.ts';

/** What deleted manifests leave behind: labels and blobs that may now be nobody's. */
export type Leavings = { readonly labelIds: Set<number>; readonly blobIds: Set<number> };

/** Deletes manifests that nothing refers to, with all that is theirs, and counts each table (contract section 8). */
export async function deleteManifests(
  { queries, tally }: Step,
  repositoryId: number,
  manifests: readonly FreeManifest[],
  leavings: Leavings,
): Promise<void> {
  const ids = manifests.map(({ id }) => id);
  const labels = await rowsOf<{ id: number }>(
    queries,
    'DELETE FROM manifestlabel WHERE manifest_id = ANY(?::int[]) RETURNING label_id AS id',
    [ids],
  );
  countRows(tally, 'ManifestLabel', labels.length);
  for (const { id } of labels) leavings.labelIds.add(id);
  const deleteByManifest = (table: string) =>
    changedBy(queries, `DELETE FROM ${table} WHERE manifest_id = ANY(?::int[])`, [ids]);
  countRows(tally, 'ManifestChild', await deleteByManifest('manifestchild'));
  const blobs = await rowsOf<{ id: number }>(
    queries,
    'DELETE FROM manifestblob WHERE manifest_id = ANY(?::int[]) RETURNING blob_id AS id',
    [ids],
  );
  countRows(tally, 'ManifestBlob', blobs.length);
  for (const { id } of blobs) leavings.blobIds.add(id);
  countRows(tally, 'ManifestSecurityStatus', await deleteByManifest('manifestsecuritystatus'));
  const statistics = await changedBy(
    queries,
    'DELETE FROM manifestpullstatistics WHERE repository_id = ? AND manifest_digest = ANY(?::text[])',
    [repositoryId, manifests.map(({ digest }) => digest)],
  );
  countRows(tally, 'ManifestPullStatistics', statistics);
  const deleted = await changedBy(queries, 'DELETE FROM manifest WHERE id = ANY(?::int[])', [ids]);
  countRows(tally, 'Manifest', deleted);
}
