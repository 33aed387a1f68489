import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy } from '../../grafana/rates.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { bucketsOf, CHOSEN_RUNTIMES } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const CALLS = 'quay_secscan_request_duration_seconds';
const LAYERS = 'quay_secscan_index_layer_size_bytes';

/** Calls to Clair, and what comes of them. */
export function secscanRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Calls to Clair',
      description: 'Per second, by what was asked and what Clair answered.',
      queries: [
        {
          expr: ratesBy('runtime, action, status', `${CALLS}_count`, CHOSEN_RUNTIMES),
          legend: '{{runtime}} {{action}} {{status}}',
        },
      ],
      runbook: 'm3#clair-errors',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Calls to Clair: duration',
      description:
        'Within which 95 % of the calls were answered. Submitting an image takes as long as indexing its layers.',
      queries: [
        {
          expr: `histogram_quantile(0.95, ${bucketsOf(CALLS, 'runtime, action, le', CHOSEN_RUNTIMES)})`,
          legend: '{{action}} {{runtime}}',
        },
      ],
      runbook: 'm3#clair-errors',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Errors of Clair per call',
      description:
        'Of all calls of a runtime over five minutes, those answered with 500 or more. Above 5 % an alert fires.',
      queries: [
        {
          expr: `max by (runtime) (runtime:quay_secscan_request_errors_per_requests:ratio_rate5m{${CHOSEN_RUNTIMES}})`,
          legend: '{{runtime}}',
        },
      ],
      runbook: 'm3#clair-errors',
      unit: 'percentunit',
      thresholds: redFrom(0.05),
    }),
    timeSeries({
      ...SIZE,
      title: 'Calls that Clair did not complete',
      description: 'Per second, by what went wrong. They are in no other panel.',
      queries: [{ expr: ratesBy('reason', 'quay_secscan_upstream_errors_total'), legend: '{{reason}}' }],
      runbook: 'm3#clair-away',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Layers submitted',
      description: 'Bytes per second that Clair was given to index, and the mean size of a layer.',
      queries: [
        { expr: ratesBy('runtime', `${LAYERS}_sum`, CHOSEN_RUNTIMES), legend: '{{runtime}}: per second' },
        {
          expr: `${ratesBy('runtime', `${LAYERS}_sum`, CHOSEN_RUNTIMES)} / ${ratesBy('runtime', `${LAYERS}_count`, CHOSEN_RUNTIMES)}`,
          legend: '{{runtime}}: mean layer',
        },
      ],
      runbook: 'm3#what-to-watch',
      unit: 'bytes',
    }),
    timeSeries({
      ...SIZE,
      title: 'From push to index report',
      description:
        'Within which so many of the images had a report. Whole minutes: the buckets are that wide.',
      queries: [0.5, 0.95].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, ${bucketsOf('quay_secscan_result_duration_seconds', 'runtime, le', CHOSEN_RUNTIMES)})`,
        legend: `{{runtime}} ${quantile * 100} %`,
      })),
      runbook: 'm3#no-index-results',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Finished index reports',
      description: 'Per second. None for long, although images are submitted, is an alert.',
      queries: [
        {
          expr: ratesBy('runtime', 'quay_secscan_result_duration_seconds_count', CHOSEN_RUNTIMES),
          legend: '{{runtime}}',
        },
      ],
      runbook: 'm3#no-index-results',
      unit: 'cps',
    }),
  ];
}
