import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import type { Candidate } from './find-repository.ts';
import { MARKED_FOR_DELETION } from './repository-state.ts';

/** Position in the order of lifetime's end. */
export type DeadTagCursor = { readonly endMs: string; readonly id: number };

export type DeadTagOptions = {
  readonly nowMs: number;
  readonly keepImmutable: boolean;
  readonly after: DeadTagCursor | undefined;
  readonly limit: number;
};

export type DeadTags = {
  /** Repositories with garbage among these tags. */
  readonly garbage: readonly Candidate[];
  /** Undefined at the end of all dead tags. */
  readonly next: DeadTagCursor | undefined;
};

type Page = {
  tags: number;
  end_ms: string | null;
  end_id: number | null;
  found: { repository: number; window: number }[] | null;
};

/**
 * Reads so many dead tags in the order of their end, by its index, and tells the repositories of which they are
 * garbage: beyond the window of an enabled namespace, and not doomed as a whole.
 */
export async function readDeadTags(
  queries: Queries,
  { nowMs, keepImmutable, after, limit }: DeadTagOptions,
): Promise<DeadTags> {
  const [page] = await rowsOf<Page>(
    queries,
    `WITH page AS MATERIALIZED (
       SELECT id, repository_id, lifetime_end_ms FROM tag
        WHERE lifetime_end_ms <= ? ${keepImmutable ? 'AND NOT immutable' : ''}
          ${after === undefined ? '' : 'AND lifetime_end_ms >= ? AND (lifetime_end_ms, id) > (?, ?)'}
        ORDER BY lifetime_end_ms, id LIMIT ?)
     SELECT (SELECT count(*)::int FROM page) AS tags,
            (SELECT max(lifetime_end_ms) FROM page) AS end_ms,
            (SELECT id FROM page ORDER BY lifetime_end_ms DESC, id DESC LIMIT 1) AS end_id,
            (SELECT json_agg(DISTINCT jsonb_build_object(
                      'repository', repository.id, 'window', namespace.removed_tag_expiration_s))
               FROM (SELECT repository_id, min(lifetime_end_ms) AS end_ms FROM page GROUP BY repository_id) AS oldest
               JOIN repository ON repository.id = oldest.repository_id AND repository.state <> ?
               JOIN "user" AS namespace ON namespace.id = repository.namespace_user_id AND namespace.enabled
              WHERE oldest.end_ms <= ? - namespace.removed_tag_expiration_s * 1000) AS found`,
    [
      nowMs,
      ...(after === undefined ? [] : [after.endMs, after.endMs, after.id]),
      limit,
      MARKED_FOR_DELETION,
      nowMs,
    ],
  );
  const { tags, end_ms: endMs, end_id: id, found } = page!;
  const isLast = tags < limit || endMs === null || id === null;
  return {
    garbage: (found ?? []).map(({ repository, window }) => ({
      repositoryId: repository,
      windowSeconds: window,
    })),
    next: isLast ? undefined : { endMs, id },
  };
}
