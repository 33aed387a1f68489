import { setTimeout as pause } from 'node:timers/promises';
import { AccessInDoubt } from '@quay-observability/storage';
import type { GcContext } from '../steps/gc-context.ts';
import { rowsOf } from '../steps/run-sql.ts';
import type { DoomedFile } from './cleanup.ts';

/** Python's time to live of the lock (contract section 6). */
const LOCK_TTL_SECONDS = 120;
/** Above the limit of the storage itself, and well below that of the lock. */
const REMOVAL_LIMIT_MS = 60_000;
/** Checksums worked on at the same time: a removal is mostly waiting. */
const CONCURRENCY = 8;

/**
 * Removes files, outside of any transaction, each under the lock of its checksum and only if no storage row has that
 * checksum (contract section 8; the old paths by uuid are shared with nobody). Resolves to the files that could not be decided on:
 * they are to be tried again. The lock of a removal that may still happen (the storage has not answered) is held on for
 * `doubtMs` of the context after this process is through with it, also when this has resolved.
 */
export async function removeFiles(
  context: GcContext,
  files: readonly DoomedFile[],
  signal: AbortSignal,
): Promise<DoomedFile[]> {
  // Taken from the end: what has failed before must not keep the others from their turn.
  const failedFirst = files.toSorted((a, b) => Number(b.attempted ?? false) - Number(a.attempted ?? false));
  const waiting = [...Map.groupBy(failedFirst, ({ checksum }) => checksum)];
  const left: DoomedFile[] = [];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      left.push(...(await removeUnderLock(context, next[0], next[1], signal)));
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, waiting.length) }, work));
  return left;
}

async function removeUnderLock(
  context: GcContext,
  checksum: string,
  files: readonly DoomedFile[],
  signal: AbortSignal,
): Promise<readonly DoomedFile[]> {
  const { stores, doubtMs } = context;
  const isResting = ({ location }: DoomedFile) => stores.get(location)?.isResting?.() === true;
  if (signal.aborted || !files.some((file) => stores.has(file.location) && !isResting(file))) return files;
  let left = files;
  const warn = (error: unknown) =>
    context.log.warning('A file could not be removed; it is tried again.', { checksum, error });
  const failed = (file: DoomedFile) => {
    left = left.map((other) => (other === file ? { ...file, attempted: true } : other));
  };
  const doubted = Promise.withResolvers<void>();
  const removal = async (held: AbortSignal) => {
    const doubts: AccessInDoubt[] = [];
    for (const file of files) {
      if (isResting(file)) continue;
      // Asked for each: a push may have taken the blob up again in the meantime.
      const claim = file.shared ? await claimOn(context, file) : 'none';
      if (held.aborted) break;
      if (claim === 'upload') continue;
      try {
        if (claim === 'row') await tellIfLost(context, file);
        const doubt = claim === 'none' ? await removeOne(context, file) : undefined;
        if (doubt === undefined) left = left.filter((other) => other !== file);
        else {
          failed(file);
          doubts.push(doubt);
        }
      } catch (error) {
        // Another location may have its copy removed all the same.
        warn(error);
        failed(file);
      }
    }
    if (doubts.length === 0) return;
    doubted.resolve();
    await Promise.all(doubts.map(({ ended }) => ended));
    await pause(doubtMs, undefined, { ref: false });
  };
  const lock = { ttlSeconds: LOCK_TTL_SECONDS, signal };
  const unlocked = context.locks.withLock(`BLOB_DELETE_${checksum}`, lock, removal).then(({ outcome }) => {
    if (left.length > 0) context.log.debug('A file is removed later.', { checksum, outcome });
  }, warn);
  // While a removal is in doubt the lock is held, and the rest of the work goes on.
  await Promise.race([unlocked, doubted.promise]);
  return left;
}

/**
 * Who has a claim on a shared file: a storage row, or an upload that may be about to become one. Quay looks whether the
 * file is there before it takes the lock, and commits the row after it has released it; all the while the upload is there,
 * with its final size, and goes with the transaction that brings the row. So both are asked for in one statement.
 */
async function claimOn(
  { database }: GcContext,
  { checksum, sizeBytes }: DoomedFile,
): Promise<'row' | 'upload' | 'none'> {
  const size = sizeBytes ?? null;
  const [found] = await database.write((queries) =>
    rowsOf<{ row: boolean; upload: boolean }>(
      queries,
      `SELECT EXISTS (SELECT FROM imagestorage WHERE content_checksum = ?) AS row,
              EXISTS (SELECT FROM blobupload WHERE byte_count = ?::bigint OR ?::bigint IS NULL) AS upload`,
      [checksum, size, size],
    ),
  );
  if (found?.row === true) return 'row';
  return found?.upload === true ? 'upload' : 'none';
}

/** A row says that the file is here, and it is not: nothing repairs that by itself, so it must not go unnoticed. */
async function tellIfLost(
  { database, stores, log }: GcContext,
  { location, path, checksum }: DoomedFile,
): Promise<void> {
  const rows = await database.write((queries) =>
    rowsOf(
      queries,
      `SELECT FROM imagestorage AS storage
         JOIN imagestorageplacement ON storage_id = storage.id
         JOIN imagestoragelocation AS location ON location.id = location_id
        WHERE content_checksum = ? AND location.name = ? LIMIT 1`,
      [checksum, location],
    ),
  );
  if (rows.length === 0) return;
  const isThere = await stores.get(location)?.exists(path, AbortSignal.timeout(REMOVAL_LIMIT_MS));
  if (isThere !== false) return;
  log.error('A blob was taken up while its file was being removed: it has to be pushed again.', {
    ...{ checksum, location, path },
  });
}

/** Not called off once begun: the storage might still remove the file when the lock has been given back. */
async function removeOne(context: GcContext, file: DoomedFile): Promise<AccessInDoubt | undefined> {
  const { stores, counters, log } = context;
  const { location, path, checksum, shared } = file;
  const store = stores.get(location);
  if (store === undefined) throw new Error(`the storage location ${location} is not configured`);
  try {
    await store.remove(path, AbortSignal.timeout(REMOVAL_LIMIT_MS));
  } catch (error) {
    if (!(error instanceof AccessInDoubt)) throw error;
    log.warning(
      'Whether a file is removed is not known; its lock is kept until nothing can happen any more.',
      {
        ...{ checksum, location, path, error },
      },
    );
    return error;
  }
  counters.blobRemoved();
  log.debug('Removed a blob.', { checksum, location, path });
  // Python takes a blob up without the lock if it cannot have it, which nothing prevents.
  if (shared) await tellIfLost(context, file);
  return undefined;
}
