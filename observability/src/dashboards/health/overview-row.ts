import { stat, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { HEALTH_ALERTS, OWN_CHECKS, QUAY_SERVICES } from './filters.ts';

const SIZE = { width: 4, height: 4 };

/** Whether all is well, in six numbers. */
export function overviewRow(): PanelSource[] {
  return [
    stat({
      ...SIZE,
      title: 'Services of Quay that are unhealthy',
      description: "As Quay's own health endpoints name them, in any instance of api-health.",
      queries: [
        {
          expr: `count(min by (check) (quay_health_check_up{${QUAY_SERVICES}}) == 0) or vector(0)`,
          instant: true,
        },
      ],
      runbook: 'm3#service-down',
      unit: 'none',
      thresholds: redFrom(1),
    }),
    stat({
      ...SIZE,
      title: 'Checks of apps that fail',
      description: 'Of all apps and replicas, required or not.',
      queries: [{ expr: `count(quay_health_check_up{${OWN_CHECKS}} == 0) or vector(0)`, instant: true }],
      runbook: 'm3#check-down',
      unit: 'none',
      thresholds: redFrom(1),
    }),
    stat({
      ...SIZE,
      title: 'API: served by the new runtime',
      description: 'Of the requests of /api in the last five minutes: how far the move has come.',
      queries: [
        {
          expr: '(sum(runtime:quay_api_request_duration_seconds_count:rate5m{runtime="go"}) or vector(0)) / sum(runtime:quay_api_request_duration_seconds_count:rate5m)',
          instant: true,
        },
      ],
      runbook: 'm3#what-to-watch',
      unit: 'percentunit',
    }),
    stat({
      ...SIZE,
      title: 'API: server errors',
      description:
        'Of all requests of /api that a runtime answered, those with 500 or more. Above 1 % an alert fires.',
      queries: [
        { expr: 'max(installation:quay_api_request_errors_per_requests:ratio_rate5m)', instant: true },
      ],
      runbook: 'm3#api-server-errors',
      unit: 'percentunit',
      thresholds: redFrom(0.01),
    }),
    stat({
      ...SIZE,
      title: 'API: 95 % answered within',
      description:
        'Time to the head of the answer, all routes of both runtimes together. Above 2.5 s an alert fires.',
      queries: [
        {
          expr: 'max(quantile:quay_api_request_duration_seconds:histogram_quantile_rate5m{quantile="0.95"})',
          instant: true,
        },
      ],
      runbook: 'm3#api-slow',
      unit: 's',
      thresholds: redFrom(2.5),
    }),
    stat({
      ...SIZE,
      title: 'Firing alerts',
      description: 'Of observability/rules/health.yml and secscan.yml.',
      queries: [{ expr: `count(ALERTS{${HEALTH_ALERTS}, alertstate="firing"}) or vector(0)`, instant: true }],
      runbook: 'm3#alerts',
      unit: 'none',
      thresholds: redFrom(1),
    }),
  ];
}
