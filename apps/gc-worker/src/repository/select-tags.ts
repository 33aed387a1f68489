import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import type { LockedRepository } from './lock-repository.ts';
import { UNFORESEEN } from './unforeseen.ts';

/** Which tags of a repository go: those dead beyond the namespace's window at this moment, or all of them. */
export type TagSelection =
  | { readonly which: 'dead'; readonly nowMs: number; readonly keepImmutable: boolean }
  | { readonly which: 'all' };

/** Where the last selection ended: tags that stay are not looked at twice in one run. */
export type TagCursor = { readonly sortMs: number; readonly id: number };

export type SelectedTag = { readonly id: number; readonly name: string; readonly manifestId: number | null };

export type SelectedTags = {
  readonly tags: readonly SelectedTag[];
  /** Undefined at the end. */
  readonly next: TagCursor | undefined;
};

type TagRow = { id: number; name: string; manifest_id: number | null; sort_ms: string };

/**
 * Locks and gives up to `limit` tags in the order of an index that begins with the repository. A tag is judged by what
 * it is once it is locked; one that somebody else has locked, to change its end say, is left to them.
 */
export async function selectTags(
  queries: Queries,
  repository: LockedRepository,
  selection: TagSelection,
  { after, limit }: { readonly after: TagCursor | undefined; readonly limit: number },
): Promise<SelectedTags> {
  const sortMs = selection.which === 'dead' ? 'lifetime_end_ms' : 'lifetime_start_ms';
  const dead =
    selection.which === 'all'
      ? { sql: '', values: [] }
      : {
          // The window is read anew: who has prolonged it may still want the tags.
          sql: `AND lifetime_end_ms <= ? - (SELECT removed_tag_expiration_s * 1000 FROM "user" WHERE id = ?)
                ${selection.keepImmutable ? 'AND NOT immutable' : ''}`,
          values: [selection.nowMs, repository.namespaceId],
        };
  const rows = await rowsOf<TagRow>(
    queries,
    `SELECT id, name, manifest_id, ${sortMs} AS sort_ms FROM tag
      WHERE repository_id = ${UNFORESEEN} ${dead.sql} ${after === undefined ? '' : `AND (${sortMs}, id) > (?, ?)`}
      ORDER BY ${sortMs}, id LIMIT ? FOR UPDATE SKIP LOCKED`,
    [repository.id, ...dead.values, ...(after === undefined ? [] : [after.sortMs, after.id]), limit],
  );
  const last = rows.at(-1);
  return {
    tags: rows.map(({ id, name, manifest_id: manifestId }) => ({ id, name, manifestId })),
    next:
      last === undefined || rows.length < limit ? undefined : { sortMs: Number(last.sort_ms), id: last.id },
  };
}
