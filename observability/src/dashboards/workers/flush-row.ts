import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy } from '../../grafana/rates.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { bucketsOf } from './filters.ts';

const SIZE = { width: 8, height: 8 };
const SETTLED = 'quay_pull_flush_keys_settled_total';
const CLAIMED = 'quay_pull_flush_keys_claimed_total';

/** From Redis to the pull statistics; Python's flusher counts none of this. */
export function flushRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Keys scanned and claimed',
      description: 'Per second. What is scanned and not claimed was taken by another flusher.',
      queries: [
        { expr: ratesBy('', 'quay_pull_flush_keys_scanned_total'), legend: 'scanned' },
        { expr: ratesBy('source', CLAIMED), legend: 'claimed: {{source}}' },
      ],
      runbook: 'm4#what-to-watch',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Keys by what became of them',
      description: 'Per second; each claimed key once. Nearly all are flushed.',
      queries: [{ expr: ratesBy('outcome', SETTLED), legend: '{{outcome}}' }],
      runbook: 'm4#what-to-watch',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Pulls flushed',
      description: 'Per second, added to the statistics of manifests.',
      queries: [{ expr: ratesBy('', 'quay_pull_flush_pulls_total'), legend: 'pulls' }],
      runbook: 'm4#what-to-watch',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Keys dropped',
      description:
        'Per second. invalid and refused are an alert; unknown_repository is right after a repository was deleted.',
      queries: [
        {
          expr: ratesBy('outcome', SETTLED, 'outcome=~"invalid|refused|unknown_repository"'),
          legend: '{{outcome}}',
        },
      ],
      runbook: 'm4#keys-are-dropped',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Orphans',
      description:
        'Claims that a flusher of Python (python_orphan) or of the new runtime (orphan) had left, per second. Some after a restart are right.',
      queries: [{ expr: ratesBy('source', CLAIMED, 'source=~"orphan|python_orphan"'), legend: '{{source}}' }],
      runbook: 'm4#orphans',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Flushes by outcome',
      description: 'Per second. failed: in part or as a whole, and what was not written went back.',
      queries: [{ expr: ratesBy('outcome', 'quay_pull_flush_runs_total'), legend: '{{outcome}}' }],
      runbook: 'm4#flush-fails',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Lag',
      description:
        'Age of the oldest event that the last flush of each process found. A little above the interval is right.',
      queries: [
        { expr: 'max by (host, instance) (quay_pull_flush_lag_seconds)', legend: '{{host}} {{instance}}' },
      ],
      runbook: 'm4#flush-lags',
      unit: 's',
      thresholds: redFrom(900),
    }),
    timeSeries({
      ...SIZE,
      title: 'Since the last flush that was whole',
      description: 'Of any process.',
      queries: [
        { expr: 'time() - max(quay_pull_flush_last_success_timestamp_seconds)', legend: 'since then' },
      ],
      runbook: 'm4#flush-fails',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Duration of a batch',
      description: 'From claim to end, within which so many of the batches ended.',
      queries: [0.5, 0.95].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, ${bucketsOf('quay_pull_flush_batch_duration_seconds', 'le', '')})`,
        legend: `${quantile * 100} %`,
      })),
      runbook: 'm4#flush-lags',
      unit: 's',
    }),
  ];
}
