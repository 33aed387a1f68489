import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import { MARKED_FOR_DELETION } from './repository-state.ts';

/** A repository with tags that are dead for longer than the window of its namespace. */
export type Candidate = { readonly repositoryId: number; readonly windowSeconds: number };

export type FindOptions = {
  readonly nowMs: number;
  readonly keepImmutable: boolean;
  readonly random?: () => number;
  readonly signal: AbortSignal;
  /** Dead tags looked at by one statement; 5000. */
  readonly pageSize?: number;
};

/** Python's limits (contract section 8). */
const MOST_WINDOWS = 100;
const MOST_REPOSITORIES = 500;

type Page = {
  tags: number;
  end_ms: string | null;
  end_id: number | null;
  found: { repository: number; window: number }[] | null;
};

/**
 * Picks one of the windows of namespaces, then one of up to 500 repositories with garbage of that window; undefined if
 * there is none. Python draws the window from all accounts and may find that it has no garbage; here the dead tags
 * are gone through, oldest first, so that no statement grows with the registry.
 */
export async function findRepositoryWithGarbage(
  queries: Queries,
  { nowMs, keepImmutable, random = Math.random, signal, pageSize = 5000 }: FindOptions,
): Promise<Candidate | undefined> {
  const byWindow = new Map<number, Set<number>>();
  let found = 0;
  for (let after: { endMs: string; id: number } | undefined; ;) {
    signal.throwIfAborted();
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
                 FROM page
                 JOIN repository ON repository.id = page.repository_id AND repository.state <> ?
                 JOIN "user" AS namespace ON namespace.id = repository.namespace_user_id AND namespace.enabled
                WHERE page.lifetime_end_ms <= ? - namespace.removed_tag_expiration_s * 1000) AS found`,
      [
        nowMs,
        ...(after === undefined ? [] : [after.endMs, after.endMs, after.id]),
        pageSize,
        MARKED_FOR_DELETION,
        nowMs,
      ],
    );
    for (const { repository, window } of page?.found ?? []) {
      const repositories = byWindow.get(window) ?? new Set<number>();
      if (byWindow.size >= MOST_WINDOWS && !byWindow.has(window)) continue;
      byWindow.set(window, repositories.add(repository));
    }
    found = [...byWindow.values()].reduce((sum, { size }) => sum + size, 0);
    if (page === undefined || page.tags < pageSize || found >= MOST_REPOSITORIES) break;
    after = { endMs: page.end_ms!, id: page.end_id! };
  }
  const windows = [...byWindow.keys()];
  const windowSeconds = windows[Math.floor(random() * windows.length)];
  if (windowSeconds === undefined) return undefined;
  const repositories = [...byWindow.get(windowSeconds)!];
  return { windowSeconds, repositoryId: repositories[Math.floor(random() * repositories.length)]! };
}
