import { blobPath, imageLayerPath } from '@quay-observability/storage';
import type { Step } from '../steps/gc-context.ts';
import { countRows } from '../steps/row-tally.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import type { DoomedFile } from './cleanup.ts';
import { stillThere } from './delete-labels.ts';
import type { LockRule } from './lock-rule.ts';

/** The empty layer, which Quay itself needs; its file is never removed. */
export const EMPTY_LAYER = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4';

type StorageRow = {
  id: number;
  uuid: string;
  cas_path: boolean;
  content_checksum: string | null;
  /** The driver gives large integers as text. */
  image_size: string | number | null;
};

export type DeletedStorages = {
  /** Storage rows that somebody else has locked. */
  readonly busy: number[];
  readonly files: DoomedFile[];
};

/**
 * Deletes those of the storage rows that no manifest and no upload refers to and that have a placement (one without is a
 * placeholder, and stays), with placements and signatures.
 */
export async function deleteStorages(
  { queries, tally }: Step,
  ids: readonly number[],
  rule: LockRule,
): Promise<DeletedStorages> {
  const rows = await rowsOf<StorageRow>(
    queries,
    `SELECT id, uuid, cas_path, content_checksum, image_size FROM imagestorage
      WHERE id = ANY(?::int[]) ORDER BY id FOR UPDATE ${rule}`,
    [ids],
  );
  const storages = new Map(rows.map((row) => [row.id, row]));
  const orphans = await orphansOf(queries, [...storages.keys()]);
  const placements = await rowsOf<{ storage_id: number; location: string }>(
    queries,
    `DELETE FROM imagestorageplacement USING imagestoragelocation AS location
      WHERE storage_id = ANY(?::int[]) AND location.id = location_id
      RETURNING storage_id, location.name AS location`,
    [orphans],
  );
  countRows(tally, 'ImageStoragePlacement', placements.length);
  const signatures = await changedBy(
    queries,
    'DELETE FROM imagestoragesignature WHERE storage_id = ANY(?::int[])',
    [orphans],
  );
  countRows(tally, 'ImageStorageSignature', signatures);
  const deleted = await changedBy(queries, 'DELETE FROM imagestorage WHERE id = ANY(?::int[])', [orphans]);
  countRows(tally, 'ImageStorage', deleted);
  return {
    busy: await stillThere(queries, 'imagestorage', ids, [...storages.keys()]),
    files: placements.flatMap(({ storage_id: id, location }) => doomedFile(storages.get(id), location)),
  };
}

async function orphansOf(queries: Step['queries'], ids: readonly number[]): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    queries,
    `SELECT id FROM imagestorage AS storage
      WHERE id = ANY(?::int[])
        AND NOT EXISTS (SELECT FROM manifestblob WHERE blob_id = storage.id)
        AND NOT EXISTS (SELECT FROM uploadedblob WHERE blob_id = storage.id)
        AND EXISTS (SELECT FROM imagestorageplacement WHERE storage_id = storage.id)`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** As in Python, a storage without a checksum leaves its file behind: no lock has a name for it. */
function doomedFile(storage: StorageRow | undefined, location: string): DoomedFile[] {
  const checksum = storage?.content_checksum ?? '';
  if (storage === undefined || checksum === '' || checksum === EMPTY_LAYER) return [];
  const path = pathOf(storage, checksum);
  if (path === undefined) return [];
  const sizeBytes = storage.image_size === null ? null : Number(storage.image_size);
  return [{ location, path, checksum, shared: storage.cas_path, sizeBytes }];
}

/** Undefined for a row that no runtime has written: what is not understood is not removed. */
function pathOf(storage: StorageRow, checksum: string): string | undefined {
  try {
    return storage.cas_path ? blobPath(checksum) : imageLayerPath(storage.uuid);
  } catch {
    return undefined;
  }
}
