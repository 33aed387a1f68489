import type { Queries } from '@quay-observability/database';
import type { LockedRepository } from '../repository/lock-repository.ts';
import type { QuotaRule } from '../steps/gc-context.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';

/**
 * Changes the totals of a locked repository and of its namespace, now that these blobs have lost links, within the
 * transaction that removed the links (contract section 8). Totals that are being computed anyway are left alone.
 */
export async function changeQuota(
  queries: Queries,
  rule: QuotaRule,
  repository: LockedRepository,
  blobIds: readonly number[],
): Promise<void> {
  if (rule === 'invalidate') await markStale(queries, repository);
  if (rule === 'subtract') await subtract(queries, repository, blobIds);
}

const STALE = 'SET size_bytes = 0, backfill_start_ms = NULL, backfill_complete = false';

/** Here and below in the order in which Python does, so that neither waits for the other in a circle. */
async function markStale(queries: Queries, { id, namespaceId }: LockedRepository): Promise<void> {
  await changedBy(
    queries,
    `UPDATE quotarepositorysize ${STALE} WHERE repository_id = ? AND backfill_start_ms IS NOT NULL`,
    [id],
  );
  await changedBy(
    queries,
    `UPDATE quotanamespacesize ${STALE} WHERE namespace_user_id = ? AND backfill_start_ms IS NOT NULL`,
    [namespaceId],
  );
}

/** Sizes of the blobs that no manifest of the repository, or of the namespace, uses any more. */
async function subtract(
  queries: Queries,
  { id, namespaceId }: LockedRepository,
  blobIds: readonly number[],
): Promise<void> {
  // Who has taken the last other links of the namespace away must be seen: so it is counted under the lock of its total.
  await rowsOf(queries, 'SELECT FROM quotanamespacesize WHERE namespace_user_id = ? FOR UPDATE', [
    namespaceId,
  ]);
  const [row] = await rowsOf<{ repository: string; namespace: string }>(
    queries,
    `SELECT coalesce(sum(image_size), 0) AS repository,
            coalesce(sum(image_size) FILTER (WHERE NOT EXISTS (
              SELECT FROM manifestblob JOIN repository ON repository.id = manifestblob.repository_id
               WHERE manifestblob.blob_id = storage.id AND repository.namespace_user_id = ?)), 0) AS namespace
       FROM imagestorage AS storage
      WHERE id = ANY(?::int[])
        AND NOT EXISTS (SELECT FROM manifestblob WHERE blob_id = storage.id AND repository_id = ?)
        AND EXISTS (SELECT FROM "user" WHERE id = ? AND enabled AND NOT robot)`,
    [namespaceId, blobIds, id, namespaceId],
  );
  const bytes = { repository: Number(row?.repository), namespace: Number(row?.namespace) };
  if (bytes.namespace > 0)
    await changedBy(
      queries,
      'UPDATE quotanamespacesize SET size_bytes = size_bytes - ? WHERE namespace_user_id = ? AND backfill_complete',
      [bytes.namespace, namespaceId],
    );
  if (bytes.repository > 0)
    await changedBy(
      queries,
      'UPDATE quotarepositorysize SET size_bytes = size_bytes - ? WHERE repository_id = ? AND backfill_complete',
      [bytes.repository, id],
    );
}
