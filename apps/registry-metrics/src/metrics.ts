import type { Metrics } from '@quay-observability/metrics';
import { bindRegistryCounters } from '@quay-observability/registry-counting';

const CACHE = { cache: 'blob_size' } as const;
const PIN_OUTCOMES = ['pinned', 'found_here', 'found_in_redis', 'not_found', 'redis_failed'] as const;

/** The metrics that this app fills itself, bound once. */
export type RegistryMetrics = ReturnType<typeof bindRegistryMetrics>;

/**
 * Picks the app's metrics from the catalogue. Its own counters start at zero, so that a first error is an
 * increase. Those of the contract do not: Python exposes no series before its first event (section 1).
 */
export function bindRegistryMetrics(metrics: Metrics<'registry-metrics'>) {
  const bound = {
    registry: bindRegistryCounters(metrics),
    uploadPins: metrics.counter('quay_gateway_upload_pins_total'),
    cacheHits: metrics.counter('quay_cache_hits_total'),
    cacheMisses: metrics.counter('quay_cache_misses_total'),
    cacheLookup: metrics.histogram('quay_cache_lookup_duration_seconds'),
  };
  for (const outcome of PIN_OUTCOMES) bound.uploadPins.inc({ outcome }, 0);
  bound.cacheHits.inc(CACHE, 0);
  bound.cacheMisses.inc(CACHE, 0);
  return bound;
}

/** The observer of the cache of blob sizes, without what it logs. */
export function cacheObserver({ cacheHits, cacheMisses, cacheLookup }: RegistryMetrics) {
  return {
    hit: () => {
      cacheHits.inc(CACHE);
    },
    miss: () => {
      cacheMisses.inc(CACHE);
    },
    lookedUp: (seconds: number) => {
      cacheLookup.observe(CACHE, seconds);
    },
  };
}
