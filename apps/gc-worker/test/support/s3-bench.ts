import assert from 'node:assert/strict';
import { startAws, waitUntil, type AwsServer } from '@quay-observability/testkit';
import { startBuckets, type BucketPlace, type Buckets } from './buckets.ts';
import { assertSameTables, danglingReferences } from './compare-registries.ts';
import type { Registry } from './registry-rows.ts';
import { loadRegistry } from './registry-database.ts';
import type { StorageConfig } from './run-gc-app.ts';
import { startGc, type GcBench } from './start-gc.ts';
import type { Expected } from './whole-work.ts';

/** For a machine that does much else. */
export const SLOW = { timeoutMs: 60_000, intervalMs: 200 };

export const EU: BucketPlace = {
  location: 'local_eu',
  bucket: 'quay-eu',
  prefix: 'datastorage/registry/',
};
export const US: BucketPlace = { location: 'local_us', bucket: 'quay-us', prefix: '' };

/** Garbage collection with files in the buckets of a server that speaks S3, or in folders. */
export type S3Bench = {
  readonly gc: GcBench;
  readonly aws: AwsServer;
  readonly buckets: Buckets;
  /** The bucket of `EU` as Quay's driver for AWS names its parameters; some of them replaced. */
  amazon(change?: Readonly<Record<string, unknown>>): StorageConfig[string];
  /** The bucket of `US` for the drivers of other servers; some parameters replaced. */
  hosted(engine: string, change?: Readonly<Record<string, unknown>>): StorageConfig[string];
  /** Loads a registry with its files, and others beside them that are nobody's. */
  load(registry: Registry, places: readonly BucketPlace[]): Promise<void>;
  /** What is in all locations, and in the buckets outside of them. */
  files(places: readonly BucketPlace[]): Promise<string[]>;
  /** Waits until rows and files are what is expected. */
  settles(expected: Pick<Expected, 'tables' | 'files'>, places: readonly BucketPlace[]): Promise<void>;
  stop(): Promise<void>;
};

export async function startS3Bench(): Promise<S3Bench> {
  const [gc, aws] = await Promise.all([startGc(), startAws()]);
  const buckets = await startBuckets(aws);
  for (const { bucket } of [EU, US]) await buckets.make(bucket);
  const { accessKeyId, secretAccessKey } = aws.keys;
  const files: S3Bench['files'] = async (places) =>
    [...gc.files.list(), ...(await buckets.list(places))].sort();
  return {
    gc,
    aws,
    buckets,
    amazon: (change) => [
      'S3Storage',
      {
        ...{ endpoint_url: aws.url, s3_bucket: EU.bucket, storage_path: '/datastorage/registry' },
        ...{ s3_access_key: accessKeyId, s3_secret_key: secretAccessKey },
        ...change,
      },
    ],
    hosted: (engine, change) => [
      engine,
      {
        ...{ hostname: '127.0.0.1', port: aws.port, is_secure: false },
        ...{ bucket_name: US.bucket, storage_path: '' },
        ...{ access_key: accessKeyId, secret_key: secretAccessKey },
        ...change,
      },
    ],
    load: async (registry, places) => {
      const inBuckets = new Set(places.map(({ location }) => location));
      gc.files.fill([...registry.files].filter((file) => !inBuckets.has(file.split('/')[0]!)));
      await buckets.fill(places, registry.files);
      for (const { bucket, prefix } of places) {
        // An upload in progress, a file that no row knows, and something outside of the location.
        await buckets.put(bucket, `${prefix}uploads/0f0e-upload`);
        await buckets.put(bucket, `${prefix}sha256/00/0000`);
        if (prefix !== '') await buckets.put(bucket, 'sha256/ab/abcd');
      }
      await loadRegistry(gc.database, registry);
    },
    files,
    settles: async (expected, places) => {
      const dump = await waitUntil(
        'rows and files to be those of the reference',
        async () => {
          const now = await gc.dump();
          assertSameTables(now, expected.tables, 'after all work');
          assert.deepEqual(await files(places), expected.files);
          return now;
        },
        SLOW,
      );
      assert.deepEqual(danglingReferences(dump), []);
    },
    stop: async () => {
      await buckets.stop();
      await Promise.all([aws.stop(), gc.stop()]);
    },
  };
}
