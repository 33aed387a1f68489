import type { Queries } from '@quay-observability/database';
import { inChunks } from '../steps/in-chunks.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { readByIds } from './read-facts.ts';

export type PlannedTags = {
  readonly tagIds: ReadonlySet<number>;
  readonly manifestIds: ReadonlySet<number>;
  /** Rows of `tagpullstatistics`. */
  readonly statistics: number;
};

type TagRow = { id: number; name: string; manifest_id: number | null };

/** The tags of a repository that a collection would purge at this moment (unix ms). */
export async function planTags(
  queries: Queries,
  repositoryId: number,
  { nowMs, keepImmutable }: { readonly nowMs: number; readonly keepImmutable: boolean },
): Promise<PlannedTags> {
  const rows = await rowsOf<TagRow>(
    queries,
    `SELECT tag.id, tag.name, tag.manifest_id FROM repository
       JOIN "user" AS namespace ON namespace.id = repository.namespace_user_id
       JOIN tag ON tag.repository_id = repository.id
        AND tag.lifetime_end_ms <= ? - namespace.removed_tag_expiration_s * 1000
      WHERE repository.id = ? ${keepImmutable ? 'AND NOT tag.immutable' : ''}`,
    [nowMs, repositoryId],
  );
  const tags = new Map(rows.map((row) => [row.id, row]));
  const links = await readByIds<{ id: number; linked: number }>(
    queries,
    'SELECT id, linked_tag_id AS linked FROM tag WHERE linked_tag_id = ANY({ids})',
    tags.keys(),
  );
  for (let isProgressing = true; isProgressing;) {
    isProgressing = false;
    for (const { id, linked } of links) if (!tags.has(id) && tags.delete(linked)) isProgressing = true;
  }
  let statistics = 0;
  for (const names of inChunks([...new Set([...tags.values()].map(({ name }) => name))], 1000)) {
    const found = await rowsOf(
      queries,
      'SELECT FROM tagpullstatistics WHERE repository_id = ? AND tag_name = ANY(?::text[])',
      [repositoryId, names],
    );
    statistics += found.length;
  }
  const manifestIds = [...tags.values()].flatMap((tag) =>
    tag.manifest_id === null ? [] : [tag.manifest_id],
  );
  return { tagIds: new Set(tags.keys()), manifestIds: new Set(manifestIds), statistics };
}
