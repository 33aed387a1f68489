import type { Queries } from '@quay-observability/database';
import { robotsOf, type DoomedNamespace } from '../purge/namespace-robots.ts';
import { ruledReferences } from '../purge/reference-rules.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { freeLabels } from './plan-manifests.ts';
import { planStorages } from './plan-storages.ts';
import { readByIds } from './read-facts.ts';

/** What a purge would delete: rows by table, under the names of the database, and files. */
export type PurgePlan = { readonly rows: Readonly<Record<string, number>>; readonly files: number };

/** More robots than a namespace has. */
const ALL_ROBOTS = 1_000_000;

/** Ids of rows that would go, by table: many are found on more than one way. */
type Doomed = Map<string, Set<number>>;

/** What the purge of a repository would delete, found out by reading only. */
export async function planRepositoryPurge(queries: Queries, repositoryId: number): Promise<PurgePlan> {
  const doomed: Doomed = new Map();
  await follow(queries, 'repository', [repositoryId], doomed);
  return withContent(queries, doomed);
}

/** What the purge of a namespace would delete, but for queue items. */
export async function planNamespacePurge(queries: Queries, namespace: DoomedNamespace): Promise<PurgePlan> {
  const repositories = await rowsOf<{ id: number }>(
    queries,
    'SELECT id FROM repository WHERE namespace_user_id = ?',
    [namespace.id],
  );
  const doomed: Doomed = new Map();
  await follow(
    queries,
    'repository',
    repositories.map(({ id }) => id),
    doomed,
  );
  const robots = await robotsOf(queries, namespace, ALL_ROBOTS);
  await follow(queries, 'user', [...robots, namespace.id], doomed);
  return withContent(queries, doomed);
}

/** Adds rows, and all that goes with them by the rules of the reference graph. */
async function follow(
  queries: Queries,
  table: string,
  ids: readonly number[],
  doomed: Doomed,
): Promise<void> {
  const known = doomed.get(table) ?? new Set<number>();
  doomed.set(table, known);
  const fresh = ids.filter((id) => !known.has(id));
  for (const id of fresh) known.add(id);
  if (fresh.length === 0) return;
  for (const reference of ruledReferences(table)) {
    // The content of a repository blocks its deletion, but is purged before; other blocking rows are not ours.
    const isContent = reference.rule === 'block' && reference.column === 'repository_id';
    if (reference.rule === 'clear' || (reference.rule === 'block' && !isContent)) continue;
    const rows = await readByIds<{ id: number | string }>(
      queries,
      `SELECT id FROM "${reference.table}" WHERE "${reference.column}" = ANY({ids})`,
      fresh,
    );
    await follow(
      queries,
      reference.table,
      rows.map(({ id }) => Number(id)),
      doomed,
    );
  }
}

async function withContent(queries: Queries, doomed: Doomed): Promise<PurgePlan> {
  const manifestIds = doomed.get('manifest') ?? new Set<number>();
  const notices = await readByIds<{ id: number }>(
    queries,
    'SELECT id FROM tagnotificationsuccess WHERE tag_id = ANY({ids})',
    doomed.get('tag') ?? [],
  );
  const all = doomed.get('tagnotificationsuccess') ?? new Set();
  doomed.set('tagnotificationsuccess', new Set([...all, ...notices.map(({ id }) => id)]));
  doomed.set('label', await freeLabels(queries, manifestIds));
  const blobs = await readByIds<{ blob: number }>(
    queries,
    'SELECT DISTINCT blob_id AS blob FROM manifestblob WHERE manifest_id = ANY({ids})',
    manifestIds,
  );
  const uploadIds = doomed.get('uploadedblob') ?? new Set<number>();
  const uploaded = await readByIds<{ blob: number }>(
    queries,
    'SELECT DISTINCT blob_id AS blob FROM uploadedblob WHERE id = ANY({ids})',
    uploadIds,
  );
  const storages = await planStorages(queries, new Set([...blobs, ...uploaded].map(({ blob }) => blob)), {
    manifestIds,
    uploadIds: new Set([...uploadIds].map(String)),
  });
  const rows = [...doomed].map(([table, ids]) => [table, ids.size] as const);
  const { ImageStorage, ImageStoragePlacement, ImageStorageSignature } = storages.rows;
  const counted = {
    ...Object.fromEntries(rows),
    imagestorage: ImageStorage ?? 0,
    imagestorageplacement: ImageStoragePlacement ?? 0,
    imagestoragesignature: ImageStorageSignature ?? 0,
  };
  const nonZero = Object.entries(counted).filter(([, count]) => count > 0);
  return { rows: Object.fromEntries(nonZero), files: storages.files };
}
