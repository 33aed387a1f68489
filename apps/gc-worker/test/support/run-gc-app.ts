import { join } from 'node:path';
import { scrape, startApp, type RunningApp } from '@quay-observability/testkit';
import { countRows, type GcTable, type RowTally } from '../../src/steps/row-tally.ts';
import { LOCATIONS, type Counted, type GcBench } from './start-gc.ts';

/** Switches of all three programs. */
export const ALL_GO = {
  WORKER_OWNER_GCWORKER: 'go',
  WORKER_OWNER_REPOSITORYGCWORKER: 'go',
  WORKER_OWNER_NAMESPACEGCWORKER: 'go',
};

/** What Quay's configuration says of storage: `location -> [engine, parameters]`. */
export type StorageConfig = Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>>;

/** The locations of the bench's own files. */
export function localStorage(gc: GcBench): StorageConfig {
  return Object.fromEntries(
    LOCATIONS.map((name) => [name, ['LocalStorage', { storage_path: join(gc.files.root, name) }] as const]),
  );
}

/** Runs the app on the servers of a bench, with a round every second. */
export function runGcApp(
  gc: GcBench,
  env: Readonly<Record<string, string>> = {},
  storage: StorageConfig = localStorage(gc),
): Promise<RunningApp> {
  return startApp(join(import.meta.dirname, '../..'), {
    DB_URI: gc.postgres.uri,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: gc.redisPort }),
    DISTRIBUTED_STORAGE_CONFIG: JSON.stringify(storage),
    FEATURE_IMMUTABLE_TAGS: 'true',
    GARBAGE_COLLECTION_FREQUENCY: '1',
    GC_QUEUE_POLL_SECONDS: '1',
    GC_REMOVAL_DOUBT_SECONDS: '1',
    ...env,
  });
}

/** The sums of what these apps have counted. */
export async function countedBy(apps: readonly RunningApp[]): Promise<Omit<Counted, 'postponed'>> {
  const rows: RowTally = {};
  const counted = { rows, blobs: 0, repositories: 0, namespaces: 0 };
  for (const { adminUrl } of apps) {
    for (const [sample, value] of await scrape(adminUrl, 'quay_gc_')) {
      const table = /^quay_gc_table_rows_deleted_total\{table="(\w+)"\}$/.exec(sample)?.[1];
      if (table !== undefined) countRows(rows, table as GcTable, value);
      if (sample === 'quay_gc_storage_blobs_deleted_total') counted.blobs += value;
      if (sample === 'quay_gc_repos_purged_total') counted.repositories += value;
      if (sample === 'quay_gc_namespaces_purged_total') counted.namespaces += value;
    }
  }
  return counted;
}
