import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';

export type FreeManifest = { readonly id: number; readonly digest: string; readonly subject: string | null };

/** Whether a manifest stays because another one of the repository names it as its subject. */
export type SubjectRule = 'subjects-stay' | 'subjects-go';

const NAMED_AS_SUBJECT = `EXISTS (
  SELECT FROM manifest referrer
   WHERE referrer.repository_id = manifest.repository_id AND referrer.subject = manifest.digest)`;

/** Which of these manifests of a locked repository nothing refers to any more: no tag, no parent, no referrer. */
export function freeManifests(
  queries: Queries,
  repositoryId: number,
  ids: readonly number[],
  subjectRule: SubjectRule,
): Promise<FreeManifest[]> {
  return rowsOf<FreeManifest>(
    queries,
    `SELECT id, digest, subject FROM manifest
      WHERE id = ANY(?::int[]) AND repository_id = ?
        AND NOT EXISTS (SELECT FROM tag WHERE manifest_id = manifest.id)
        AND NOT EXISTS (SELECT FROM manifestchild WHERE child_manifest_id = manifest.id)
        ${subjectRule === 'subjects-stay' ? `AND NOT ${NAMED_AS_SUBJECT}` : ''}
      ORDER BY id`,
    [ids, repositoryId],
  );
}

/** Locks those of them that nobody else has locked: whoever has is about to refer to them. */
export async function lockManifests(queries: Queries, ids: readonly number[]): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    queries,
    'SELECT id FROM manifest WHERE id = ANY(?::int[]) ORDER BY id FOR UPDATE SKIP LOCKED',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** The manifests that these name as their subject: nobody else may keep them once these are gone. */
export async function subjectsOf(
  queries: Queries,
  repositoryId: number,
  referrers: readonly FreeManifest[],
): Promise<number[]> {
  const digests = referrers.map(({ subject }) => subject).filter((subject) => subject !== null);
  if (digests.length === 0) return [];
  const rows = await rowsOf<{ id: number }>(
    queries,
    'SELECT id FROM manifest WHERE repository_id = ? AND digest = ANY(?::text[])',
    [repositoryId, digests],
  );
  return rows.map(({ id }) => id);
}
