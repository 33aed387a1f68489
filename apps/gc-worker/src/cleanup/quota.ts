import type { Queries } from '@quay-observability/database';
import type { LockedRepository } from '../repository/lock-repository.ts';
import type { QuotaRule } from '../steps/gc-context.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import type { QuotaChange } from './cleanup.ts';

/**
 * What becomes of the totals now that these blobs have lost links, within the transaction that removed the links: sizes
 * of blobs that no manifest of the repository, or of the namespace, uses any more (contract section 8).
 */
export async function quotaChange(
  queries: Queries,
  rule: QuotaRule,
  repository: LockedRepository,
  blobIds: readonly number[],
): Promise<QuotaChange | undefined> {
  const { id: repositoryId, namespaceId } = repository;
  if (rule === 'leave') return undefined;
  if (rule === 'invalidate') return { repositoryId, namespaceId };
  const [row] = await rowsOf<{ repository: string; namespace: string }>(
    queries,
    `SELECT coalesce(sum(image_size), 0) AS repository,
            coalesce(sum(image_size) FILTER (WHERE NOT EXISTS (
              SELECT FROM manifestblob JOIN repository ON repository.id = manifestblob.repository_id
               WHERE manifestblob.blob_id = storage.id AND repository.namespace_user_id = ?)), 0) AS namespace
       FROM imagestorage AS storage
      WHERE id = ANY(?::int[])
        AND NOT EXISTS (SELECT FROM manifestblob WHERE blob_id = storage.id AND repository_id = ?)`,
    [namespaceId, blobIds, repositoryId],
  );
  const bytes = { repository: Number(row?.repository), namespace: Number(row?.namespace) };
  return bytes.repository === 0 && bytes.namespace === 0 ? undefined : { repositoryId, namespaceId, bytes };
}

const STALE = 'SET size_bytes = 0, backfill_start_ms = NULL, backfill_complete = false';

/** Changes the totals, in the order in which Python does. Totals that are being computed anyway are left alone. */
export async function applyQuotaChange(queries: Queries, change: QuotaChange): Promise<void> {
  const { repositoryId, namespaceId, bytes } = change;
  if (bytes === undefined) {
    await changedBy(
      queries,
      `UPDATE quotarepositorysize ${STALE} WHERE repository_id = ? AND backfill_start_ms IS NOT NULL`,
      [repositoryId],
    );
    await changedBy(
      queries,
      `UPDATE quotanamespacesize ${STALE} WHERE namespace_user_id = ? AND backfill_start_ms IS NOT NULL`,
      [namespaceId],
    );
    return;
  }
  const eligible = await rowsOf(queries, 'SELECT FROM "user" WHERE id = ? AND enabled AND NOT robot', [
    namespaceId,
  ]);
  if (eligible.length === 0) return;
  await changedBy(
    queries,
    'UPDATE quotanamespacesize SET size_bytes = size_bytes - ? WHERE namespace_user_id = ? AND backfill_complete',
    [bytes.namespace, namespaceId],
  );
  await changedBy(
    queries,
    'UPDATE quotarepositorysize SET size_bytes = size_bytes - ? WHERE repository_id = ? AND backfill_complete',
    [bytes.repository, repositoryId],
  );
}
