import type { Queries } from '@quay-observability/database';
import { subjectsOf } from '../repository/free-manifests.ts';
import { withDescendants } from '../repository/walk-children.ts';
import { inChunks } from '../steps/in-chunks.ts';
import type { RowTally } from '../steps/row-tally.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { freeInOrder } from './free-in-order.ts';
import { countByIds, readByIds } from './read-facts.ts';

export type PlannedManifests = {
  readonly manifestIds: ReadonlySet<number>;
  readonly rows: RowTally;
};

type ManifestRow = { id: number; digest: string; subject: string | null };

/** The manifests that would go with these tags, and how many rows are theirs. */
export async function planManifests(
  queries: Queries,
  repositoryId: number,
  touchedIds: Iterable<number>,
  tagIds: ReadonlySet<number>,
): Promise<PlannedManifests> {
  const walked = await withDescendants(queries, touchedIds);
  let free = await freeManifestsOf(queries, repositoryId, walked, tagIds);
  for (let isGrowing = true; isGrowing;) {
    const subjects = await subjectsOf(queries, repositoryId, free);
    const further = await withDescendants(
      queries,
      subjects.filter((id) => !walked.has(id)),
    );
    isGrowing = further.size > 0;
    for (const id of further) walked.add(id);
    if (isGrowing) free = await freeManifestsOf(queries, repositoryId, walked, tagIds);
  }
  const manifestIds = new Set(free.map(({ id }) => id));
  const digests = free.map(({ digest }) => digest);
  const theirs = (table: string) => countByIds(queries, table, 'manifest_id', manifestIds);
  return {
    manifestIds,
    rows: {
      Manifest: manifestIds.size,
      ManifestLabel: await theirs('manifestlabel'),
      ManifestChild: await theirs('manifestchild'),
      ManifestBlob: await theirs('manifestblob'),
      ManifestSecurityStatus: await theirs('manifestsecuritystatus'),
      ManifestPullStatistics: await countStatistics(queries, repositoryId, digests),
      Label: (await freeLabels(queries, manifestIds)).size,
    },
  };
}

/** Those of the manifests that nothing but each other keeps once the tags have gone. */
async function freeManifestsOf(
  queries: Queries,
  repositoryId: number,
  walked: ReadonlySet<number>,
  tagIds: ReadonlySet<number>,
): Promise<ManifestRow[]> {
  const candidates = await readByIds<ManifestRow>(
    queries,
    'SELECT id, digest, subject FROM manifest WHERE id = ANY({ids}) AND repository_id = ?',
    walked,
    [repositoryId],
  );
  const ids = new Set(candidates.map(({ id }) => id));
  const tags = await readByIds<{ id: number; manifest: number }>(
    queries,
    'SELECT id, manifest_id AS manifest FROM tag WHERE manifest_id = ANY({ids})',
    ids,
  );
  const parents = await readByIds<{ keeper: number; kept: number }>(
    queries,
    'SELECT manifest_id AS keeper, child_manifest_id AS kept FROM manifestchild WHERE child_manifest_id = ANY({ids})',
    ids,
  );
  const referrers = await readByIds<{ keeper: number; kept: number }>(
    queries,
    `SELECT referrer.id AS keeper, manifest.id AS kept FROM manifest
       JOIN manifest AS referrer ON referrer.repository_id = manifest.repository_id AND referrer.subject = manifest.digest
      WHERE manifest.id = ANY({ids})`,
    ids,
  );
  const keepers = Map.groupBy([...parents, ...referrers], ({ kept }) => kept);
  const free = freeInOrder(ids, {
    tagged: new Set(tags.filter(({ id }) => !tagIds.has(id)).map(({ manifest }) => manifest)),
    manifests: new Map([...keepers].map(([kept, pairs]) => [kept, pairs.map(({ keeper }) => keeper)])),
  });
  return candidates.filter(({ id }) => free.has(id));
}

async function countStatistics(
  queries: Queries,
  repositoryId: number,
  digests: readonly string[],
): Promise<number> {
  let count = 0;
  for (const chunk of inChunks(digests, 1000)) {
    const found = await rowsOf(
      queries,
      'SELECT FROM manifestpullstatistics WHERE repository_id = ? AND manifest_digest = ANY(?::text[])',
      [repositoryId, chunk],
    );
    count += found.length;
  }
  return count;
}

/** The labels that no manifest but these has. */
export async function freeLabels(queries: Queries, manifestIds: ReadonlySet<number>): Promise<Set<number>> {
  const own = await readByIds<{ id: number }>(
    queries,
    'SELECT DISTINCT label_id AS id FROM manifestlabel WHERE manifest_id = ANY({ids})',
    manifestIds,
  );
  const labelIds = new Set(own.map(({ id }) => id));
  const links = await readByIds<{ label: number; manifest: number }>(
    queries,
    'SELECT label_id AS label, manifest_id AS manifest FROM manifestlabel WHERE label_id = ANY({ids})',
    labelIds,
  );
  for (const { label, manifest } of links) if (!manifestIds.has(manifest)) labelIds.delete(label);
  return labelIds;
}
