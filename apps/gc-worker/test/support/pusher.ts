import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Queries } from '@quay-observability/database';
import { rowsOf } from '../../src/steps/run-sql.ts';
import type { GcContext } from '../../src/steps/gc-context.ts';
import { fileOf } from './compare-registries.ts';
import type { FileStores } from './file-stores.ts';
import { digestOf, NOW_MS } from './random-registry.ts';
import type { Random } from './random.ts';
import type { Row } from './registry-rows.ts';

/** What has been pushed, and must be there whatever is collected: committed, and acknowledged to the client. */
export type Pushed = { readonly manifests: Set<number>; readonly uploads: Set<number> };

export type PusherOptions = {
  readonly database: Database;
  readonly locks: GcContext['locks'];
  readonly files: FileStores;
  readonly random: Random;
  readonly repositoryId: number;
  /** Manifests and storage rows that are about to be collected. */
  readonly manifests: readonly Row[];
  readonly blobs: readonly Row[];
  readonly pushed: Pushed;
};

const FOREIGN_KEY_VIOLATION = '23503';
/** Of the blobs of a plain registry. */
const BLOB_BYTES = 10;

/**
 * Pushes one thing that takes up what is about to be collected: a tag, a list over a manifest, a referrer of it, or a
 * blob. A push that comes too late fails as a whole, as it does in Quay.
 */
export async function pushOnce(options: PusherOptions): Promise<void> {
  const { random } = options;
  const push = random.pick([pushTag, pushTag, pushList, pushReferrer, pushBlob, pushBlob]);
  try {
    await push(options);
  } catch (error) {
    if ((error as { code?: string }).code !== FOREIGN_KEY_VIOLATION) throw error;
  }
}

/** Time for the collector to get in between two statements. */
function think(random: Random): Promise<void> {
  return pause(random.below(4));
}

async function pushTag({ database, random, repositoryId, manifests, pushed }: PusherOptions): Promise<void> {
  const { id } = random.pick(manifests);
  await database.transaction(async (queries) => {
    await insertTag(queries, repositoryId, id);
    await think(random);
  });
  pushed.manifests.add(id);
}

async function pushList({ database, random, repositoryId, manifests, pushed }: PusherOptions): Promise<void> {
  const child = random.pick(manifests).id;
  const list = await database.transaction(async (queries) => {
    const id = await insertManifest(queries, repositoryId, null);
    await think(random);
    await rowsOf(
      queries,
      'INSERT INTO manifestchild (repository_id, manifest_id, child_manifest_id) VALUES (?, ?, ?)',
      [repositoryId, id, child],
    );
    await insertTag(queries, repositoryId, id);
    return id;
  });
  pushed.manifests.add(child).add(list);
}

/** A subject that is not there any more is nothing that a referrer could keep. */
async function pushReferrer(options: PusherOptions): Promise<void> {
  const { database, random, repositoryId, manifests, pushed } = options;
  const subject = random.pick(manifests);
  await database.transaction(async (queries) => {
    const id = await insertManifest(queries, repositoryId, String(subject.digest));
    await think(random);
    await insertTag(queries, repositoryId, id);
    const found = await rowsOf(queries, 'SELECT FROM manifest WHERE id = ?', [subject.id]);
    pushed.manifests.add(id);
    if (found.length > 0) pushed.manifests.add(subject.id);
  });
}

/**
 * As Quay does: the upload is there, with its size, until the transaction that brings the storage row. The file is looked
 * for before the lock is taken, and the lock is given back before that transaction commits.
 */
async function pushBlob(options: PusherOptions): Promise<void> {
  const { database, files, random, blobs, pushed } = options;
  const blob = random.pick(blobs);
  const uploadId = await insertUpload(options);
  try {
    await think(random);
    if (!files.list().includes(fileOf(blob, 1))) files.write(fileOf(blob, 1));
    await think(random);
    const uploadedId = await database.transaction(async (queries) => {
      const id = await takeUpUnderLock(options, queries, String(blob.content_checksum));
      await think(random);
      await rowsOf(queries, 'DELETE FROM blobupload WHERE id = ?', [uploadId]);
      return id;
    });
    pushed.uploads.add(uploadedId);
  } catch (error) {
    // The client gives up.
    await database.write((queries) => rowsOf(queries, 'DELETE FROM blobupload WHERE id = ?', [uploadId]));
    throw error;
  }
}

async function insertUpload({ database, repositoryId }: PusherOptions): Promise<number> {
  const [row] = await database.write((queries) =>
    rowsOf<{ id: number }>(
      queries,
      `INSERT INTO blobupload (repository_id, uuid, byte_count, location_id, chunk_count, created)
       VALUES (?, ?, ?, 1, 1, now()) RETURNING id`,
      [repositoryId, randomUUID(), BLOB_BYTES],
    ),
  );
  return row!.id;
}

async function takeUpUnderLock(
  { locks, repositoryId, random }: PusherOptions,
  queries: Queries,
  checksum: string,
): Promise<number> {
  const lock = { ttlSeconds: 30, waitMs: 5000 };
  const taken = await locks.withLock(`BLOB_DELETE_${checksum}`, lock, async () => {
    const [found] = await rowsOf<{ id: number }>(
      queries,
      'SELECT id FROM imagestorage WHERE content_checksum = ?',
      [checksum],
    );
    await think(random);
    const id = found?.id ?? (await insertStorage(queries, checksum));
    const [upload] = await rowsOf<{ id: string }>(
      queries,
      'INSERT INTO uploadedblob (repository_id, blob_id, uploaded_at, expires_at) VALUES (?, ?, ?, ?) RETURNING id',
      [repositoryId, id, new Date(NOW_MS), new Date(NOW_MS + 3600_000)],
    );
    return Number(upload!.id);
  });
  if (taken.outcome !== 'done') throw new Error(`the lock of ${checksum} is ${taken.outcome}`);
  return taken.value;
}

async function insertTag(queries: Queries, repositoryId: number, manifestId: number): Promise<void> {
  await rowsOf(
    queries,
    `INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, immutable, hidden, reversion, tag_kind_id)
     VALUES (?, ?, ?, ?, false, false, false, 1)`,
    [randomUUID(), repositoryId, manifestId, NOW_MS],
  );
}

async function insertManifest(
  queries: Queries,
  repositoryId: number,
  subject: string | null,
): Promise<number> {
  const [row] = await rowsOf<{ id: number }>(
    queries,
    `INSERT INTO manifest (repository_id, digest, media_type_id, manifest_bytes, subject, subject_backfilled,
                           artifact_type_backfilled)
     VALUES (?, ?, 1, '{}', ?, true, true) RETURNING id`,
    [repositoryId, digestOf(randomUUID()), subject],
  );
  return row!.id;
}

async function insertStorage(queries: Queries, checksum: string): Promise<number> {
  const [row] = await rowsOf<{ id: number }>(
    queries,
    `INSERT INTO imagestorage (uuid, image_size, uploading, cas_path, content_checksum)
     VALUES (?, ?, false, true, ?) RETURNING id`,
    [randomUUID(), BLOB_BYTES, checksum],
  );
  await rowsOf(queries, 'INSERT INTO imagestorageplacement (storage_id, location_id) VALUES (?, 1)', [
    row!.id,
  ]);
  return row!.id;
}
