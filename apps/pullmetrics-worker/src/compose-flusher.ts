import type { Database } from '@quay-observability/database';
import { createJobs } from '@quay-observability/jobs';
import type { RedisConnection } from '@quay-observability/redis';
import type { AppContext, OwnedWork } from '@quay-observability/service';
import { createBatchStore } from './batch-store.ts';
import type { flushSettings } from './config.ts';
import { createFlushBatch } from './flush-batch.ts';
import { createFlushLog } from './flush-log.ts';
import { createFlushMetrics } from './flush-metrics.ts';
import { createFlushPulls } from './flush-pulls.ts';
import { createLeftovers, type Leftovers } from './hand-back-leftovers.ts';
import { createPullFlusher } from './pull-flusher.ts';
import { createRecoverBatches } from './recover-batches.ts';
import { createStatisticsStore } from './statistics-store.ts';
import { createTableLock, WITHOUT_LOCK } from './table-lock.ts';

export type FlusherContext = Pick<
  AppContext<'pullmetrics-worker', typeof flushSettings>,
  'config' | 'settings' | 'log' | 'metrics'
>;

export const PROGRAM = 'PULLSTATSREDISFLUSHWORKER';

/** Python's names of the class and the method whose work this is. */
const OPERATION = { worker: 'RedisFlushWorker', operation: '_flush_pull_metrics' };
/** A script with more keys would block Redis for long, and a batch is in memory three times at most. */
const MOST_BATCH_KEYS = 5000;
/** Pause after a flush that failed, if the next is not due sooner. */
const RETRY_MS = 5000;
/** Batches written at a time where nothing keeps them from it. */
const WRITERS = 2;

/** Puts the work together, and what looks after its leftovers while it is not done. */
export function composeFlusher(
  { config, settings, log, metrics }: FlusherContext,
  database: Database,
  redis: RedisConnection,
): { work: OwnedWork; leftovers: Leftovers } {
  const { flushBatchSize, flushScanCount, flushIntervalSeconds } = config.pullStatistics;
  const { besidePython, takeOverSeconds, pythonOrphanSeconds } = settings;
  const intervalMs = flushIntervalSeconds * 1000;
  const flushMetrics = createFlushMetrics(metrics, { lagKeptMs: 2 * intervalMs });
  const statistics = createStatisticsStore(database, besidePython ? createTableLock(log) : WITHOUT_LOCK);
  const batches = createBatchStore({
    redis,
    scanCount: flushScanCount,
    batchKeys: Math.min(flushBatchSize, MOST_BATCH_KEYS),
    takeOverMs: takeOverSeconds * 1000,
    pythonOrphanMs: pythonOrphanSeconds * 1000,
  });
  const recoverBatches = createRecoverBatches({ batches, statistics, log });
  const flushBatch = createFlushBatch({
    batches,
    statistics,
    log: createFlushLog(log),
    ended: (seconds) => flushMetrics.batchEnded(seconds),
  });
  const leftovers = createLeftovers({ batches, recoverBatches, log, intervalMs });
  // One batch at a time has the tables for itself.
  const writers = besidePython ? 1 : WRITERS;
  const run = createPullFlusher({
    flushPulls: createFlushPulls({ batches, flushBatch, recoverBatches, writers }),
    metrics: flushMetrics,
    log,
  });
  const retryMs = Math.min(RETRY_MS, intervalMs);
  const jobs = createJobs({ redis, log: log.child('jobs'), metrics, prefix: settings.jobsRedisPrefix });
  const flusher = jobs.scheduledWork({
    program: PROGRAM,
    ...OPERATION,
    everyMs: intervalMs,
    run,
    // Until the next is due.
    attempts: Math.max(1, Math.floor(intervalMs / retryMs)),
    backoff: { type: 'fixed', delayMs: retryMs },
    // It is a flush that empties a Redis which is full, and several at once do no harm.
    alsoWithoutQueue: true,
    // The batches in hand are finished all the same.
    graceMs: 0,
  });
  const reason = whyNot(config);
  return { work: reason === undefined ? leftovers.except(flusher) : noWork(log, reason), leftovers };
}

/** As in Python: without the feature nothing is tracked and nothing is flushed, and a registry that is read-only is not written to. */
function whyNot({ pullStatistics, registryState }: FlusherContext['config']): string | undefined {
  if (!pullStatistics.enabled) return 'FEATURE_IMAGE_PULL_STATS is off';
  return registryState === 'readonly' ? 'REGISTRY_STATE is readonly' : undefined;
}

function noWork(log: FlusherContext['log'], reason: string): OwnedWork {
  return {
    start: () => {
      log.info(`No pulls are flushed: ${reason}.`);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}
