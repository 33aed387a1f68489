import type { Database } from '@quay-observability/database';
import type { RedisConnection } from '@quay-observability/redis';
import {
  createOperationMeter,
  defineApp,
  ownedWorkers,
  type AppContext,
  type OwnedWork,
} from '@quay-observability/service';
import { createBatchStore } from './batch-store.ts';
import { flushSettings } from './config.ts';
import { createFlushBatch } from './flush-batch.ts';
import { createFlushLog } from './flush-log.ts';
import { createFlushMetrics } from './flush-metrics.ts';
import { createFlushPulls } from './flush-pulls.ts';
import { createPullFlusher } from './pull-flusher.ts';
import { createRecoverBatches } from './recover-batches.ts';
import { createStatisticsStore } from './statistics-store.ts';
import { createTableLock, WITHOUT_LOCK } from './table-lock.ts';

type Context = AppContext<'pullmetrics-worker', typeof flushSettings>;

const PROGRAM = 'PULLSTATSREDISFLUSHWORKER';
/** Python's names of the class and the method whose work this is. */
const LABELS = { worker: 'RedisFlushWorker', operation: '_flush_pull_metrics' };
/** A script with more keys would block Redis for long, and a batch is in memory three times at most. */
const MOST_BATCH_KEYS = 5000;
/** Batches written at a time where nothing keeps them from it. */
const WRITERS = 2;

/** The app as `runService` runs it. */
export const pullmetricsWorker = defineApp({
  app: 'pullmetrics-worker',
  adminPort: 9106,
  settings: flushSettings,
  compose: (context) => {
    const { config, log, metrics, addReadinessCheck, connectDatabase, connectRedis, followOwnerSwitches } =
      context;
    const database = connectDatabase({ required: true });
    const redis = connectRedis('pullMetrics', { required: true });
    return ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs: [
        database === undefined
          ? { program: PROGRAM, missing: 'there is no database to flush to' }
          : {
              program: PROGRAM,
              work: config.pullStatistics.enabled ? composeWork(context, database, redis) : noWork(context),
            },
      ],
    });
  },
});

function composeWork(
  { config, settings, log, metrics }: Context,
  database: Database,
  redis: RedisConnection,
): OwnedWork {
  const { flushBatchSize, flushScanCount, flushIntervalSeconds } = config.pullStatistics;
  const { besidePython, takeOverSeconds, pythonOrphanSeconds } = settings;
  const flushMetrics = createFlushMetrics(metrics);
  const statistics = createStatisticsStore(database, besidePython ? createTableLock(log) : WITHOUT_LOCK);
  const batches = createBatchStore({
    redis,
    scanCount: flushScanCount,
    batchKeys: Math.min(flushBatchSize, MOST_BATCH_KEYS),
    takeOverMs: takeOverSeconds * 1000,
    pythonOrphanMs: pythonOrphanSeconds * 1000,
  });
  const flushBatch = createFlushBatch({
    batches,
    statistics,
    log: createFlushLog(log),
    ended: flushMetrics.batchEnded,
  });
  return createPullFlusher({
    flushPulls: createFlushPulls({
      batches,
      flushBatch,
      recoverBatches: createRecoverBatches({ batches, statistics, log }),
      // One at a time has the table.
      writers: besidePython ? 1 : WRITERS,
    }),
    measured: createOperationMeter(metrics, LABELS),
    metrics: flushMetrics,
    log,
    intervalMs: flushIntervalSeconds * 1000,
  });
}

/** As in Python: without the feature nothing is tracked, and nothing is flushed. */
function noWork({ log }: Context): OwnedWork {
  return {
    start: () => {
      log.info('No pulls are flushed: FEATURE_IMAGE_PULL_STATS is off.');
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}
