import { Writable } from 'node:stream';
import { createDatabase, type Database } from '@quay-observability/database';
import { createLogger } from '@quay-observability/logging';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { waitUntil } from '@quay-observability/testkit';
import { createBatchStore, type BatchStore, type BatchStoreOptions } from '../src/batch-store.ts';
import { createFlushBatch } from '../src/flush-batch.ts';
import { createFlushLog } from '../src/flush-log.ts';
import { createFlushPulls } from '../src/flush-pulls.ts';
import type { FlushReport } from '../src/flush-report.ts';
import { createRecoverBatches } from '../src/recover-batches.ts';
import { createStatisticsStore, type StatisticsStore } from '../src/statistics-store.ts';
import { createTableLock, WITHOUT_LOCK } from '../src/table-lock.ts';
import { REDIS_DB } from './python-flusher.ts';

/** The flusher without the process around it. */
export type Flusher = {
  flush(signal?: AbortSignal): Promise<FlushReport>;
  readonly batches: BatchStore;
  readonly statistics: StatisticsStore;
  readonly redis: RedisConnection['client'];
  readonly messages: string[];
  close(): Promise<void>;
};

export type FlusherOptions = Partial<Omit<BatchStoreOptions, 'redis'>> & {
  uri: string;
  redisPort: number;
  besidePython?: boolean;
  writers?: number;
  /** After so long without a statement PostgreSQL ends the session of a transaction. */
  idleLimitMs?: number;
  /** Puts something in the way of a step. */
  around?: (stores: { batches: BatchStore; statistics: StatisticsStore }) => {
    batches: BatchStore;
    statistics: StatisticsStore;
  };
};

export async function createFlusher({
  uri,
  redisPort,
  besidePython = false,
  writers = 2,
  idleLimitMs,
  around = (stores) => stores,
  ...options
}: FlusherOptions): Promise<Flusher> {
  const messages: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      messages.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ name: 'test', json: false, debug: false, stream });
  const database: Database = createDatabase({
    primary: { uri, connectionArgs: {} },
    applicationName: 'pullmetrics-worker',
  });
  const redis = connect(redisPort);
  await redis.whenReady(5000);
  const { batches, statistics } = around({
    batches: createBatchStore({
      redis,
      scanCount: 100,
      batchKeys: 1000,
      takeOverMs: 60_000,
      pythonOrphanMs: 60_000,
      ...options,
    }),
    statistics: createStatisticsStore(
      database,
      besidePython ? createTableLock(log) : WITHOUT_LOCK,
      idleLimitMs,
    ),
  });
  const flushPulls = createFlushPulls({
    batches,
    flushBatch: createFlushBatch({ batches, statistics, log: createFlushLog(log), ended: () => undefined }),
    recoverBatches: createRecoverBatches({ batches, statistics, log }),
    writers,
  });
  return {
    flush: (signal = new AbortController().signal) => flushPulls(signal),
    batches,
    statistics,
    redis: redis.client,
    messages,
    close: async () => {
      await Promise.all([redis.close(), database.close(500)]);
    },
  };
}

export function connect(port: number): RedisConnection {
  return createRedis({
    settings: { host: '127.0.0.1', port, db: REDIS_DB, connectTimeoutMs: 1000, commandTimeoutMs: 5000 },
    name: 'PULL_METRICS_REDIS',
    maxBackoffMs: 200,
  });
}

/** Flushes until nothing is left in Redis, batches of others included. */
export async function flushAll(flusher: Flusher): Promise<void> {
  await waitUntil(
    'an empty Redis',
    async () => {
      const { errors } = await flusher.flush();
      if (errors[0] !== undefined) throw errors[0];
      return (await flusher.redis.dbsize()) === 0;
    },
    { timeoutMs: 60_000 },
  );
}
