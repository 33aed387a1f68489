import { Writable } from 'node:stream';
import { createLogger } from '@quay-observability/logging';
import { createMetrics } from '@quay-observability/metrics';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { createJobs, type JobTiming, type ScheduledWorkOptions } from '../src/index.ts';

/** One replica of a work, without the process around it. */
export type Replica = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The value of the sample that begins with this text. */
  sample(start: string): Promise<number | undefined>;
  readonly messages: string[];
  readonly redis: RedisConnection;
  close(): Promise<void>;
};

export type ReplicaOptions = Partial<ScheduledWorkOptions> & {
  readonly redisPort: number;
  readonly run: ScheduledWorkOptions['run'];
  readonly timing?: Partial<JobTiming>;
};

export const PREFIX = '{quay-observability}';
export const PROGRAM = 'GLOBALPROMSTATS';

/** Short enough for a test, long enough for a loaded machine. */
export const TIMING = { lockMs: 3000, stalledMs: 500, ensureMs: 500, retryMs: 100 };

export function createReplica({ redisPort, timing, ...work }: ReplicaOptions): Replica {
  const messages: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      messages.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ name: 'test', json: false, debug: false, stream });
  const redis = createRedis({
    settings: { host: '127.0.0.1', port: redisPort, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 2000 },
    name: 'jobs',
    maxBackoffMs: 200,
  });
  const metrics = createMetrics({ app: 'globalstats-worker', runtimeMetrics: false });
  const jobs = createJobs({ redis, log, metrics, prefix: PREFIX, timing: { ...TIMING, ...timing } });
  const scheduled = jobs.scheduledWork({
    program: PROGRAM,
    worker: 'GlobalPrometheusStatsWorker',
    operation: '_try_report_stats',
    everyMs: 1000,
    ...work,
  });
  return {
    start: () => scheduled.start(),
    stop: () => scheduled.stop(),
    sample: async (start) => {
      const text = (await metrics.exposition()).body.toString();
      const line = text.split('\n').find((each) => each.startsWith(start));
      return line === undefined ? undefined : Number(line.split(' ').at(-1));
    },
    messages,
    redis,
    close: async () => {
      await scheduled.stop();
      await redis.close();
    },
  };
}
