import type { Database } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import { PULL_OUTCOMES } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import { createPullTracking, type PullTracking } from '@quay-observability/pull-tracking';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { RedisConnection } from '@quay-observability/redis';
import type { RegistrySettings } from './config.ts';

const CACHE = { cache: 'repository_id' } as const;

export type TrackPullsOptions = {
  config: Pick<QuayConfig, 'database' | 'pullStatistics'>;
  settings: Pick<RegistrySettings, 'pullTrackingQueueSize' | 'repositoryIdCacheEntries'>;
  metrics: Metrics<'registry-metrics'>;
  log: Pick<Logger, 'warning'>;
  redis: Pick<RedisConnection, 'client'>;
  /** Without it no id is known, and every pull is counted as lost. */
  database: Database | undefined;
};

/** Pull tracking with its metrics, of which every outcome starts at zero. */
export function trackPulls({
  config,
  settings,
  metrics,
  log,
  redis,
  database,
}: TrackPullsOptions): PullTracking {
  const pulls = metrics.counter('quay_pull_tracking_pulls_total');
  const queueLength = metrics.gauge('quay_pull_tracking_queue_length');
  const writeDuration = metrics.histogram('quay_pull_tracking_write_duration_seconds');
  const cacheHits = metrics.counter('quay_cache_hits_total');
  const cacheMisses = metrics.counter('quay_cache_misses_total');
  const cacheLookup = metrics.histogram('quay_cache_lookup_duration_seconds');
  for (const outcome of PULL_OUTCOMES) pulls.inc({ outcome }, 0);
  cacheHits.inc(CACHE, 0);
  cacheMisses.inc(CACHE, 0);
  if (database === undefined)
    log.warning('No pull is tracked: without DB_URI the ids of repositories are not known.');
  const tracking = createPullTracking({
    redis,
    database: database ?? NO_DATABASE,
    hasReplicas: config.database.replicas.length > 0,
    workerCount: config.pullStatistics.workerCount,
    maxPending: settings.pullTrackingQueueSize,
    cacheEntries: settings.repositoryIdCacheEntries,
    log,
    observer: {
      settled: (outcome, count) => {
        pulls.inc({ outcome }, count);
      },
      wrote: (seconds) => {
        writeDuration.observe({}, seconds);
      },
      cacheHit: () => {
        cacheHits.inc(CACHE);
      },
      cacheMiss: () => {
        cacheMisses.inc(CACHE);
      },
      lookedUp: (seconds) => {
        cacheLookup.observe(CACHE, seconds);
      },
    },
  });
  queueLength.onCollect(() => {
    queueLength.set({}, tracking.pending());
  });
  return tracking;
}

const NO_DATABASE: Pick<Database, 'read'> = {
  read: () => Promise.reject(new Error('DB_URI is not set')),
};
