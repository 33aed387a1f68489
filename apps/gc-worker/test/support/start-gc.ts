import { AsyncResource } from 'node:async_hooks';
import { Writable } from 'node:stream';
import { createDatabase, type Database } from '@quay-observability/database';
import { createLogger } from '@quay-observability/logging';
import { createGlobalLocks, createRedis } from '@quay-observability/redis';
import { startPostgres, startRedis, temporaryFolder, type PostgresServer } from '@quay-observability/testkit';
import type { GcContext, GcCounters, GcRules, PostponeReason } from '../../src/steps/gc-context.ts';
import { countRows, type GcTable, type RowTally } from '../../src/steps/row-tally.ts';
import { createFileStores, type FileStores } from './file-stores.ts';
import { NOW_MS } from './random-registry.ts';
import { dumpRegistry, loadRegistry, prepareDatabase, type Dump } from './registry-database.ts';
import type { Registry } from './registry-rows.ts';

/** Everything that was counted since the last registry was loaded. */
export type Counted = {
  rows: RowTally;
  blobs: number;
  repositories: number;
  namespaces: number;
  postponed: PostponeReason[];
};

/** Garbage collection with real servers, of one registry after another. */
export type GcBench = {
  readonly postgres: PostgresServer;
  readonly database: Database;
  readonly redisPort: number;
  readonly files: FileStores;
  context(rules?: Partial<GcRules>): GcContext;
  load(registry: Registry): Promise<void>;
  dump(): Promise<Dump>;
  counted(): Counted;
  /** Runs work outside of any transaction that the caller is in. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  readonly messages: string[];
  stop(): Promise<void>;
};

/** Quay's first locations, in the order of their ids. */
export const LOCATIONS = ['local_eu', 'local_us'] as const;
export const NO_SIGNAL: AbortSignal = new AbortController().signal;
export const RULES: GcRules = { keepImmutableTags: true, quota: 'invalidate' };

export async function startGc(): Promise<GcBench> {
  const [postgres, redisServer] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  const database = createDatabase({
    primary: { uri: postgres.uri, connectionArgs: {} },
    applicationName: 'gc-worker',
  });
  await prepareDatabase(database);
  const redis = createRedis({
    settings: {
      host: '127.0.0.1',
      port: redisServer.port,
      db: 0,
      connectTimeoutMs: 1000,
      commandTimeoutMs: 5000,
    },
    name: 'USER_EVENTS_REDIS',
  });
  await redis.whenReady(5000);
  const files = createFileStores(temporaryFolder('blobs'), LOCATIONS);
  const messages: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      messages.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ name: 'test', json: false, debug: true, stream });
  let counted: Counted = noneCounted();
  const counters: GcCounters = {
    rowsDeleted: (tally) => {
      for (const [table, rows] of Object.entries(tally)) countRows(counted.rows, table as GcTable, rows);
    },
    blobRemoved: () => (counted.blobs += 1),
    cleanupPostponed: (reason) => counted.postponed.push(reason),
    repositoryPurged: () => (counted.repositories += 1),
    namespacePurged: () => (counted.namespaces += 1),
  };
  const locks = createGlobalLocks(redis);
  const outsideScope = new AsyncResource('outside');
  return {
    postgres,
    database,
    redisPort: redisServer.port,
    files,
    messages,
    context: (rules = {}) => ({
      database,
      locks,
      stores: files.stores,
      rules: { ...RULES, ...rules },
      doubtMs: 1,
      counters,
      log,
      now: () => NOW_MS,
    }),
    load: async (registry) => {
      counted = noneCounted();
      messages.length = 0;
      files.fill(registry.files);
      await loadRegistry(database, registry);
    },
    dump: () => dumpRegistry(database),
    counted: () => counted,
    outside: (work) => outsideScope.runInAsyncScope(work),
    stop: async () => {
      await Promise.all([redis.close(), database.close(500)]);
      await Promise.all([postgres.stop(), redisServer.stop()]);
    },
  };
}

function noneCounted(): Counted {
  return { rows: {}, blobs: 0, repositories: 0, namespaces: 0, postponed: [] };
}

/** As if the time of every lock had run out. */
export async function releaseAllLocks(redisPort: number): Promise<void> {
  const redis = createRedis({
    settings: { host: '127.0.0.1', port: redisPort, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 5000 },
    name: 'releasing',
  });
  await redis.whenReady(5000);
  await redis.client.flushdb();
  await redis.close();
}
