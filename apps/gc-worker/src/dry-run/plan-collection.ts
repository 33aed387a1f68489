import type { Queries } from '@quay-observability/database';
import { isCollectable } from '../repository/lock-repository.ts';
import type { RowTally } from '../steps/row-tally.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { planManifests } from './plan-manifests.ts';
import { planStorages } from './plan-storages.ts';
import { planTags } from './plan-tags.ts';
import { readByIds } from './read-facts.ts';

/** What a collection would delete: rows by table, and files. */
export type Plan = { readonly rows: RowTally; readonly files: number };

export type PlanOptions = { readonly nowMs: number; readonly keepImmutable: boolean };

/**
 * What {@link collectRepository} would delete at this moment (unix ms), found out by reading only, without a lock: what
 * is pushed in the meantime may make it more than would really go, or less.
 */
export async function planCollection(
  queries: Queries,
  repositoryId: number,
  options: PlanOptions,
): Promise<Plan> {
  if (!(await isCollectable(queries, repositoryId))) return { rows: {}, files: 0 };
  const tags = await planTags(queries, repositoryId, options);
  const manifests = await planManifests(queries, repositoryId, tags.manifestIds, tags.tagIds);
  const uploads = await rowsOf<{ id: string; blob: number }>(
    queries,
    'SELECT id, blob_id AS blob FROM uploadedblob WHERE repository_id = ? AND expires_at <= ?',
    [repositoryId, new Date(options.nowMs)],
  );
  const blobs = await readByIds<{ blob: number }>(
    queries,
    'SELECT DISTINCT blob_id AS blob FROM manifestblob WHERE manifest_id = ANY({ids})',
    manifests.manifestIds,
  );
  const blobIds = new Set([...blobs, ...uploads].map(({ blob }) => blob));
  const storages = await planStorages(queries, blobIds, {
    manifestIds: manifests.manifestIds,
    uploadIds: new Set(uploads.map(({ id }) => id)),
  });
  return {
    rows: {
      ...{ Tag: tags.tagIds.size, TagPullStatistics: tags.statistics, UploadedBlob: uploads.length },
      ...manifests.rows,
      ...storages.rows,
    },
    files: storages.files,
  };
}
