import { Writable } from 'node:stream';
import { createDatabase, type Database } from '@quay-observability/database';
import { createJobs } from '@quay-observability/jobs';
import { createLogger } from '@quay-observability/logging';
import { createMetrics } from '@quay-observability/metrics';
import { createGlobalLocks, createRedis } from '@quay-observability/redis';
import { createCountOnce } from '../src/count-once.ts';
import { createGlobalStatistics } from '../src/global-statistics.ts';
import { createRowGauges } from '../src/row-gauges.ts';

/** One replica of the work, without the process around it. */
export type Reporter = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The values of the samples without labels of their own, by name. */
  rows(): Promise<Record<string, number>>;
  /** The whole exposition. */
  metrics(): Promise<string>;
  messages: string[];
  close(): Promise<void>;
};

export type ReporterOptions = {
  uri: string;
  replicaUris?: string[];
  redisPort: number;
  intervalMs?: number;
};

const SHOWN = /^quay_(repository|user|org|robot)_rows|^quay_org_mirrors|^quay_globalstats_last/;

export function createReporter({ uri, replicaUris = [], redisPort, intervalMs }: ReporterOptions): Reporter {
  const messages: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      messages.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ name: 'test', json: false, debug: false, stream });
  const server = (each: string) => ({ uri: each, connectionArgs: {} });
  const database: Database = createDatabase({
    primary: server(uri),
    replicas: replicaUris.map(server),
    applicationName: 'globalstats-worker',
  });
  const redis = createRedis({
    settings: { host: '127.0.0.1', port: redisPort, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 1000 },
    name: 'USER_EVENTS_REDIS',
    maxBackoffMs: 200,
  });
  const metrics = createMetrics({ app: 'globalstats-worker', runtimeMetrics: false });
  const gauges = createRowGauges(metrics);
  const work = createGlobalStatistics({
    locks: createGlobalLocks(redis),
    jobs: createJobs({ redis, log, metrics, prefix: '{quay-observability}' }),
    countOnce: createCountOnce({ database, metrics, gauges, log }),
    gauges,
    log,
    intervalMs: intervalMs ?? 3_600_000,
    timing: { renewEveryMs: 200, waitMs: 1000, redisRetryMs: 200, cancelLimitMs: 1000 },
  });
  const text = async () => (await metrics.exposition()).body.toString();
  return {
    start: async () => {
      await redis.whenReady(500).catch(() => undefined);
      await work.start();
    },
    stop: () => work.stop(),
    rows: async () => {
      const lines = (await text()).split('\n').filter((line) => SHOWN.test(line));
      return Object.fromEntries(
        lines.map((line) => {
          const [name = '', value] = line.split(/\{.*\} /);
          return [name, Number(value)];
        }),
      );
    },
    metrics: text,
    messages,
    close: async () => {
      await work.stop();
      await Promise.all([redis.close(), database.close(500)]);
    },
  };
}
