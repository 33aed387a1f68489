import { bucketRates } from '../../grafana/bucket-rates.ts';
import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { LOST_PULLS, ratesBy } from './filters.ts';

const SIZE = { width: 8, height: 8 };
const PULLS = 'quay_pull_tracking_pulls_total';
const CACHE = 'cache="repository_id"';
const RUNBOOK = 'm2#pull-tracking';

/** Whether the pulls of the new runtime reach Redis. */
export function trackingRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Pulls to be tracked',
      description: 'Per second, by what became of them; nearly all are "tracked".',
      queries: [{ expr: ratesBy('outcome', PULLS), legend: '{{outcome}}' }],
      runbook: RUNBOOK,
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Pulls lost',
      description: 'Pulls per second that are missing in Redis, or in doubt ("unanswered"). An alert fires.',
      queries: [{ expr: ratesBy('outcome', PULLS, LOST_PULLS), legend: '{{outcome}}' }],
      runbook: 'm2#pulls-untracked',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Pulls on their way',
      description:
        'Of each registry-metrics; near 0 while Redis and the database keep up. Above PULL_TRACKING_QUEUE_SIZE pulls are lost.',
      queries: [
        {
          expr: 'max by (host, instance) (quay_pull_tracking_queue_length)',
          legend: '{{host}} {{instance}}',
        },
      ],
      runbook: 'm2#tracking-queue-long',
      unit: 'none',
      thresholds: redFrom(500),
    }),
    timeSeries({
      ...SIZE,
      title: 'Round trip to Redis',
      description: 'Seconds within which so many of the batches were written; some milliseconds are right.',
      queries: quantiles('quay_pull_tracking_write_duration_seconds', 'process_name="registry-metrics"'),
      runbook: RUNBOOK,
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Cache of repository ids',
      description: 'Look-ups per second. Many misses: raise REPOSITORY_ID_CACHE_ENTRIES.',
      queries: [
        { expr: ratesBy('', 'quay_cache_hits_total', CACHE), legend: 'found' },
        { expr: ratesBy('', 'quay_cache_misses_total', CACHE), legend: 'looked up' },
      ],
      runbook: RUNBOOK,
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Look-up of a repository id',
      description: 'Seconds of a look-up through the cache, the database included where it is asked.',
      queries: quantiles('quay_cache_lookup_duration_seconds', CACHE),
      runbook: RUNBOOK,
      unit: 's',
    }),
  ];
}

function quantiles(metric: string, matchers: string) {
  const buckets = bucketRates({ metric, matchers, labels: 'le', window: '$__rate_interval' });
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${buckets})`,
    legend: `${quantile * 100} %`,
  }));
}
