import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RegistryError } from './registry-error.ts';

const MAX_UPLOADS = 1000;

/** Blobs and unfinished uploads in a folder; the same blob is kept once for all repositories. */
export type BlobStore = {
  readonly folder: string;
  /** The blob's file below `folder`. */
  fileOf(digest: string): string;
  sizeOf(digest: string): Promise<number | undefined>;
  startUpload(): Promise<string>;
  /** Bytes received so far; throws a 404 for an upload that there is not. */
  receivedBytes(uploadId: string): Promise<number>;
  append(uploadId: string, chunk: Readable): Promise<number>;
  /** Makes a blob of an upload; throws a 400 if it is another one than `digest`. The upload is gone either way. */
  finishUpload(uploadId: string, digest: string): Promise<void>;
  cancelUpload(uploadId: string): Promise<void>;
};

export async function createBlobStore(folder: string): Promise<BlobStore> {
  await mkdir(join(folder, 'blobs'), { recursive: true });
  await mkdir(join(folder, 'uploads'), { recursive: true });
  const uploads = new Set<string>();
  const fileOf = (digest: string): string => join('blobs', digest.replace(':', '-'));
  // Only ids that were given out name files.
  const uploadFile = (uploadId: string): string => {
    if (!uploads.has(uploadId))
      throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
    return join(folder, 'uploads', uploadId);
  };
  return {
    folder,
    fileOf,
    sizeOf: async (digest) => {
      const found = await stat(join(folder, fileOf(digest))).catch(() => undefined);
      return found?.size;
    },
    startUpload: async () => {
      if (uploads.size >= MAX_UPLOADS) throw new RegistryError(429, 'TOOMANYREQUESTS', 'too many uploads');
      const uploadId = randomUUID();
      uploads.add(uploadId);
      await writeFile(uploadFile(uploadId), '');
      return uploadId;
    },
    receivedBytes: async (uploadId) => (await stat(uploadFile(uploadId))).size,
    append: async (uploadId, chunk) => {
      const file = uploadFile(uploadId);
      await pipeline(chunk, createWriteStream(file, { flags: 'a' }));
      return (await stat(file)).size;
    },
    finishUpload: async (uploadId, digest) => {
      const file = uploadFile(uploadId);
      uploads.delete(uploadId);
      const hash = createHash('sha256');
      await pipeline(createReadStream(file), hash);
      if (`sha256:${hash.digest('hex')}` === digest) {
        await rename(file, join(folder, fileOf(digest)));
        return;
      }
      await rm(file, { force: true });
      throw new RegistryError(400, 'DIGEST_INVALID', 'the digest is not that of the uploaded content');
    },
    cancelUpload: async (uploadId) => {
      const file = uploadFile(uploadId);
      uploads.delete(uploadId);
      await rm(file, { force: true });
    },
  };
}
