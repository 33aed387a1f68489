import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { boundedAccess, type AccessLimits } from '../bounded-access.ts';
import type { BlobStorage } from '../blob-storage.ts';
import { MAX_READ_BYTES, TooLargeError } from '../read-limit.ts';
import { createVerifyNames, verifyStorage } from '../verify-storage.ts';
import { describeS3Failure, isS3Answer } from './describe-s3-failure.ts';
import { createS3Client } from './s3-client.ts';
import { objectKey, type S3Location } from './s3-location.ts';

export type S3Options = {
  readonly location: string;
  readonly engine: string;
  readonly at: S3Location;
  readonly limits: AccessLimits;
  readonly keepAlive: boolean;
};

/** Any of Quay's engines that keep their files in S3 or what speaks its protocol. */
export function createS3Storage({ location, engine, at, limits, keepAlive }: S3Options): BlobStorage {
  const client = createS3Client(at, { timeoutMs: limits.timeoutMs, keepAlive });
  const bounded = boundedAccess(location, limits, { describe: describeS3Failure, isAnswer: isS3Answer });
  const address = (path: string) => ({ Bucket: at.bucket, Key: objectKey(at.root, path) });
  const names = createVerifyNames();
  let bucketSeen = false;

  /** As Quay does once: of a missing bucket a HEAD of an object says no more than that the object is missing. */
  const seeBucket = async (abortSignal: AbortSignal): Promise<void> => {
    if (bucketSeen) return;
    await client.send(new HeadBucketCommand({ Bucket: at.bucket }), { abortSignal });
    bucketSeen = true;
  };

  type Work<T> = (address: { Bucket: string; Key: string }, abortSignal: AbortSignal) => Promise<T>;
  const access = <T>(
    verb: string,
    path: string,
    signal: AbortSignal | undefined,
    work: Work<T>,
  ): Promise<T> =>
    bounded({
      verb,
      path,
      signal,
      work: async (checked, end) => {
        await seeBucket(end);
        return work(address(checked), end);
      },
    });

  const storage: BlobStorage = {
    supported: true,
    location,
    engine,
    verify: (signal) => verifyStorage(storage, names, signal),
    exists: (path, signal) =>
      access('look for', path, signal, async (object, abortSignal) => {
        const head = client.send(new HeadObjectCommand(object), { abortSignal });
        return (await unlessMissing(head)) !== undefined;
      }),
    remove: (path, signal) =>
      access('remove', path, signal, async (object, abortSignal) => {
        // Of S3 a missing object counts as deleted; some servers answer 404.
        await unlessMissing(client.send(new DeleteObjectCommand(object), { abortSignal }));
      }),
    write: (path, content, signal) =>
      access('write', path, signal, async (object, abortSignal) => {
        const encryption = at.encrypted ? { ServerSideEncryption: 'AES256' as const } : {};
        await client.send(new PutObjectCommand({ ...object, ...encryption, Body: content }), { abortSignal });
      }),
    read: (path, signal) =>
      access('read', path, signal, async (object, abortSignal) => {
        const { Body: body, ContentLength: length } = await client.send(new GetObjectCommand(object), {
          abortSignal,
        });
        if (body === undefined) return new Uint8Array();
        return collect(body as AsyncIterable<Uint8Array>, length);
      }),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
  return storage;
}

/** Counts what really comes: a server need not keep to the length it names. */
async function collect(body: AsyncIterable<Uint8Array>, length: number | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_READ_BYTES || (length ?? 0) > MAX_READ_BYTES) throw new TooLargeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const isMissing = error instanceof S3ServiceException && ['NoSuchKey', 'NotFound'].includes(error.name);
    if (isMissing) return undefined;
    throw error;
  }
}
