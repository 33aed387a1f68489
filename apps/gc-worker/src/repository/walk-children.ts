import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';

/** The manifests and all that they have below them, breadth first, a statement per level. */
export async function withDescendants(queries: Queries, manifestIds: Iterable<number>): Promise<Set<number>> {
  const found = new Set(manifestIds);
  let level = [...found];
  while (level.length > 0) {
    const rows = await rowsOf<{ id: number }>(
      queries,
      'SELECT DISTINCT child_manifest_id AS id FROM manifestchild WHERE manifest_id = ANY(?::int[])',
      [level],
    );
    level = rows.map(({ id }) => id).filter((id) => !found.has(id));
    for (const id of level) found.add(id);
  }
  return found;
}
