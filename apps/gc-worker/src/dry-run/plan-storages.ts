import type { Queries } from '@quay-observability/database';
import { EMPTY_LAYER } from '../cleanup/delete-storages.ts';
import type { RowTally } from '../steps/row-tally.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { countByIds, readByIds } from './read-facts.ts';

export type PlannedStorages = { readonly rows: RowTally; readonly files: number };

/** What goes before the storages do. */
export type GoneBefore = {
  readonly manifestIds: ReadonlySet<number>;
  readonly uploadIds: ReadonlySet<string>;
};

type PlacementRow = { id: number; location: number; uuid: string; cas: boolean; checksum: string | null };

/** The storage rows and files that would go: of the blobs of these manifests and uploads, those that are nobody's then. */
export async function planStorages(
  queries: Queries,
  blobIds: ReadonlySet<number>,
  { manifestIds, uploadIds }: GoneBefore,
): Promise<PlannedStorages> {
  const links = await readByIds<{ blob: number; manifest: number }>(
    queries,
    'SELECT DISTINCT blob_id AS blob, manifest_id AS manifest FROM manifestblob WHERE blob_id = ANY({ids})',
    blobIds,
  );
  const uploads = await readByIds<{ id: string; blob: number }>(
    queries,
    'SELECT id, blob_id AS blob FROM uploadedblob WHERE blob_id = ANY({ids})',
    blobIds,
  );
  const free = new Set(blobIds);
  for (const { blob, manifest } of links) if (!manifestIds.has(manifest)) free.delete(blob);
  for (const { blob, id } of uploads) if (!uploadIds.has(id)) free.delete(blob);
  const placements = await readByIds<PlacementRow>(
    queries,
    `SELECT storage.id, location_id AS location, uuid, cas_path AS cas, content_checksum AS checksum
       FROM imagestorage AS storage JOIN imagestorageplacement ON storage_id = storage.id
      WHERE storage.id = ANY({ids})`,
    free,
  );
  // One without a placement is a placeholder, and stays.
  const gone = new Set(placements.map(({ id }) => id));
  return {
    rows: {
      ImageStorage: gone.size,
      ImageStoragePlacement: placements.length,
      ImageStorageSignature: await countByIds(queries, 'imagestoragesignature', 'storage_id', gone),
    },
    files: await countFiles(queries, placements, gone),
  };
}

async function countFiles(
  queries: Queries,
  placements: readonly PlacementRow[],
  gone: ReadonlySet<number>,
): Promise<number> {
  const files = new Set<string>();
  for (const { location, uuid, cas, checksum } of placements) {
    if (checksum === null || checksum === '' || checksum === EMPTY_LAYER) continue;
    if (!cas) {
      files.add(`${location} ${uuid}`);
      continue;
    }
    const sharers = await rowsOf<{ id: number }>(
      queries,
      'SELECT id FROM imagestorage WHERE content_checksum = ?',
      [checksum],
    );
    if (sharers.every(({ id }) => gone.has(id))) files.add(`${location} ${checksum}`);
  }
  return files.size;
}
