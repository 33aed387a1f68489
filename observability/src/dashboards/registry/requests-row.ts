import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { CHOSEN_REQUESTS, CHOSEN_ROUTES, CHOSEN_RUNTIMES, ratesBy, RUNTIMES } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const REQUESTS = 'quay_request_duration_seconds_count';

/** What clients ask for, of either runtime, and what goes wrong. */
export function requestsRow(): PanelSource[] {
  return [
    ...RUNTIMES.map(({ runtime, name }) =>
      timeSeries({
        ...SIZE,
        title: `${name}: requests by route`,
        description: 'Per second, by the endpoint as Python calls it.',
        queries: [
          {
            expr: ratesBy('route', REQUESTS, `runtime="${runtime}", ${CHOSEN_ROUTES}`),
            legend: '{{route}}',
          },
        ],
        runbook: 'm2#what-to-watch',
        unit: 'reqps',
        stacked: true,
      }),
    ),
    timeSeries({
      ...SIZE,
      title: 'Errors by status',
      description: 'Requests per second that were answered with 400 or more.',
      queries: [
        {
          expr: ratesBy('runtime, status', REQUESTS, `${CHOSEN_REQUESTS}, status=~"4..|5.."`),
          legend: '{{runtime}} {{status}}',
        },
      ],
      runbook: 'm2#server-errors',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Server errors per request',
      description:
        'Of all requests that a runtime answered over five minutes, those with 500 or more. Above 1 % an alert fires.',
      queries: [
        {
          expr: `max by (runtime) (runtime:quay_request_errors_per_requests:ratio_rate5m{${CHOSEN_RUNTIMES}})`,
          legend: '{{runtime}}',
        },
        {
          expr: 'max(installation:quay_request_errors_per_requests:ratio_rate5m)',
          legend: 'both runtimes',
        },
      ],
      runbook: 'm2#server-errors',
      unit: 'percentunit',
      thresholds: redFrom(0.01),
    }),
  ];
}
