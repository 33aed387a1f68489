import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy, RUNTIMES } from '../../grafana/rates.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { bucketsOf, CHOSEN_REQUESTS, CHOSEN_ROUTES, CHOSEN_RUNTIMES } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const REQUESTS = 'quay_request_duration_seconds';

/** The API of either runtime: what is asked, what goes wrong, and how long it takes. */
export function apiRow(): PanelSource[] {
  return [
    ...RUNTIMES.map(({ runtime, name }) =>
      timeSeries({
        ...SIZE,
        title: `${name}: requests of /api by route`,
        description: 'Per second, by the endpoint as Python calls it.',
        queries: [
          {
            expr: ratesBy('route', `${REQUESTS}_count`, `runtime="${runtime}", ${CHOSEN_ROUTES}`),
            legend: '{{route}}',
          },
        ],
        runbook: 'm3#what-to-watch',
        unit: 'reqps',
        stacked: true,
      }),
    ),
    timeSeries({
      ...SIZE,
      title: 'Errors of /api by status',
      description: 'Requests per second that were answered with 400 or more, by route.',
      queries: [
        {
          expr: ratesBy(
            'runtime, status, route',
            `${REQUESTS}_count`,
            `${CHOSEN_REQUESTS}, status=~"4..|5.."`,
          ),
          legend: '{{runtime}} {{status}} {{route}}',
        },
      ],
      runbook: 'm3#api-server-errors',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Server errors per request of /api',
      description:
        'Of all requests that a runtime answered over five minutes, those with 500 or more. Above 1 % an alert fires.',
      queries: [
        {
          expr: `max by (runtime) (runtime:quay_api_request_errors_per_requests:ratio_rate5m{${CHOSEN_RUNTIMES}})`,
          legend: '{{runtime}}',
        },
        {
          expr: 'max(installation:quay_api_request_errors_per_requests:ratio_rate5m)',
          legend: 'both runtimes',
        },
      ],
      runbook: 'm3#api-server-errors',
      unit: 'percentunit',
      thresholds: redFrom(0.01),
    }),
    ...RUNTIMES.map(({ runtime, name }) =>
      timeSeries({
        ...SIZE,
        title: `${name}: duration of /api`,
        description: 'Seconds to the head of the answer, within which so many of the requests were answered.',
        queries: [0.5, 0.95, 0.99].map((quantile) => ({
          expr: `histogram_quantile(${quantile}, ${bucketsOf(REQUESTS, 'le', `runtime="${runtime}", ${CHOSEN_ROUTES}`)})`,
          legend: `${quantile * 100} %`,
        })),
        runbook: 'm3#api-slow',
        unit: 's',
      }),
    ),
    timeSeries({
      ...SIZE,
      title: '95 % of each route of /api',
      description: 'The same route of both runtimes, to be compared.',
      queries: [
        {
          expr: `histogram_quantile(0.95, ${bucketsOf(REQUESTS, 'runtime, route, le', CHOSEN_REQUESTS)})`,
          legend: '{{route}} {{runtime}}',
        },
      ],
      runbook: 'm3#api-slow',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Requests that no upstream completed',
      description: 'Of the API gateway, per second. Clients got 502 or 504, or an answer that broke off.',
      queries: [
        {
          expr: ratesBy(
            'upstream, reason',
            'quay_gateway_upstream_errors_total',
            'process_name="api-health"',
          ),
          legend: '{{upstream}}: {{reason}}',
        },
      ],
      runbook: 'm3#api-upstream-errors',
      unit: 'reqps',
    }),
  ];
}
