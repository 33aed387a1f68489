import { stat, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { NO_PROBES, REGISTRY_ALERTS } from './filters.ts';

const SIZE = { width: 4, height: 4 };
const REQUESTS = 'runtime_method_route_status:quay_request_duration_seconds_count:rate5m';

/** Whether all is well, in six numbers of both runtimes together. */
export function overviewRow(): PanelSource[] {
  return [
    stat({
      ...SIZE,
      title: 'Served by the new runtime',
      description:
        'Of the requests of /v1 and /v2 in the last five minutes, probes of /v2/ left out: how far the move has come.',
      queries: [
        {
          expr: `(sum(${REQUESTS}{runtime="go", ${NO_PROBES}}) or vector(0)) / sum(${REQUESTS}{${NO_PROBES}})`,
          instant: true,
        },
      ],
      runbook: 'm2#what-to-watch',
      unit: 'percentunit',
    }),
    stat({
      ...SIZE,
      title: 'Pulls per second',
      description: 'Of both runtimes, in the last five minutes. A move does not change it.',
      queries: [{ expr: 'sum(installation:quay_registry_image_pulls:rate5m)', instant: true }],
      runbook: 'm2#what-to-watch',
      unit: 'reqps',
    }),
    stat({
      ...SIZE,
      title: 'Bytes per second',
      description:
        'Sizes of the blobs that were downloaded in the last five minutes, from both runtimes, as estimated.',
      queries: [
        { expr: 'sum(installation:quay_registry_image_pulled_estimated_bytes:rate5m)', instant: true },
      ],
      runbook: 'm2#what-to-watch',
      unit: 'Bps',
    }),
    stat({
      ...SIZE,
      title: 'Server errors',
      description:
        'Of all requests that a runtime answered, those with 500 or more. Above 1 % an alert fires.',
      queries: [{ expr: 'max(installation:quay_request_errors_per_requests:ratio_rate5m)', instant: true }],
      runbook: 'm2#server-errors',
      unit: 'percentunit',
      thresholds: redFrom(0.01),
    }),
    stat({
      ...SIZE,
      title: '99 % answered within',
      description: 'Time to the head of the answer, all routes of both runtimes together.',
      queries: [
        {
          expr: 'max(quantile:quay_request_duration_seconds:histogram_quantile_rate5m{quantile="0.99"})',
          instant: true,
        },
      ],
      runbook: 'm2#pulls-slow',
      unit: 's',
    }),
    stat({
      ...SIZE,
      title: 'Firing alerts',
      description: 'Of observability/rules/registry.yml and gateway.yml.',
      queries: [
        {
          expr: `count(ALERTS{${REGISTRY_ALERTS}, alertstate="firing"}) or vector(0)`,
          instant: true,
        },
      ],
      runbook: 'm2#alerts',
      unit: 'none',
      thresholds: redFrom(1),
    }),
  ];
}
