import { addCleanup } from '../cleanup/cleanup-store.ts';
import type { Step } from '../steps/gc-context.ts';
import { countRows } from '../steps/row-tally.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import { UNFORESEEN } from './unforeseen.ts';

export type UploadStepOptions = {
  readonly repositoryId: number;
  /** Which uploads go: those expired at this moment (unix ms), or all. */
  readonly expiredAtMs: number | 'all';
  readonly limit: number;
  readonly nowMs: number;
};

export type UploadStep = { readonly uploads: number; readonly cleanupId: number | undefined };

/** One step of purging uploads, which leaves a note of the blobs that may now be nobody's. */
export async function purgeUploads(
  { queries, tally }: Step,
  options: UploadStepOptions,
): Promise<UploadStep> {
  const { repositoryId, expiredAtMs, limit, nowMs } = options;
  const rows = await rowsOf<{ id: string; blob_id: number }>(
    queries,
    `SELECT id, blob_id FROM uploadedblob
      WHERE repository_id = ${UNFORESEEN} ${expiredAtMs === 'all' ? '' : 'AND expires_at <= ?'}
      LIMIT ? FOR UPDATE SKIP LOCKED`,
    [repositoryId, ...(expiredAtMs === 'all' ? [] : [new Date(expiredAtMs)]), limit],
  );
  if (rows.length === 0) return { uploads: 0, cleanupId: undefined };
  const ids = rows.map(({ id }) => id);
  const uploads = await changedBy(queries, 'DELETE FROM uploadedblob WHERE id = ANY(?::bigint[])', [ids]);
  countRows(tally, 'UploadedBlob', uploads);
  const blobs = [...new Set(rows.map(({ blob_id: blobId }) => blobId))];
  return { uploads, cleanupId: await addCleanup(queries, { labels: [], blobs, files: [] }, nowMs) };
}
