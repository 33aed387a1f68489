import type { Step } from '../steps/gc-context.ts';
import { countRows } from '../steps/row-tally.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import type { SelectedTag } from './select-tags.ts';

/** What happens to a tag that another, staying tag links to (`linked_tag_id`): it stays, or the link goes. */
export type LinkRule = 'keep-linked' | 'unlink';

/**
 * Deletes locked tags with what belongs to them (contract section 8). As in Python the pull statistics go by name, also
 * where a living tag has the same name. Resolves to the tags that went.
 */
export async function deleteTags(
  { queries, tally }: Step,
  repositoryId: number,
  selected: readonly SelectedTag[],
  linkRule: LinkRule,
): Promise<readonly SelectedTag[]> {
  const tags = linkRule === 'keep-linked' ? await withoutLinked(queries, selected) : selected;
  if (tags.length === 0) return tags;
  const ids = tags.map(({ id }) => id);
  if (linkRule === 'unlink')
    await changedBy(queries, 'UPDATE tag SET linked_tag_id = NULL WHERE linked_tag_id = ANY(?::int[])', [
      ids,
    ]);
  const statistics = await changedBy(
    queries,
    'DELETE FROM tagpullstatistics WHERE repository_id = ? AND tag_name = ANY(?::text[])',
    [repositoryId, tags.map(({ name }) => name)],
  );
  countRows(tally, 'TagPullStatistics', statistics);
  await changedBy(queries, 'DELETE FROM tagnotificationsuccess WHERE tag_id = ANY(?::int[])', [ids]);
  countRows(tally, 'Tag', await changedBy(queries, 'DELETE FROM tag WHERE id = ANY(?::int[])', [ids]));
  return tags;
}

/** A tag that stays may link to one that stays therefore, and so on. */
async function withoutLinked(
  queries: Step['queries'],
  selected: readonly SelectedTag[],
): Promise<readonly SelectedTag[]> {
  let tags = selected;
  while (tags.length > 0) {
    const ids = tags.map(({ id }) => id);
    const rows = await rowsOf<{ id: number }>(
      queries,
      `SELECT DISTINCT linked_tag_id AS id FROM tag
        WHERE linked_tag_id = ANY(?::int[]) AND NOT id = ANY(?::int[])`,
      [ids, ids],
    );
    if (rows.length === 0) break;
    const linked = new Set(rows.map(({ id }) => id));
    tags = tags.filter(({ id }) => !linked.has(id));
  }
  return tags;
}
