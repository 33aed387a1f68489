import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { bucketHeatmap } from '../../grafana/heatmap.ts';
import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { CHOSEN_REQUESTS, CHOSEN_ROUTES, durationBuckets, RUNTIMES } from './filters.ts';

const SIZE = { width: 8, height: 8 };

const GROUPS = [
  ...RUNTIMES.map(({ runtime, name }) => ({ name, matchers: `runtime="${runtime}", ${CHOSEN_ROUTES}` })),
  { name: 'Both runtimes', matchers: CHOSEN_ROUTES },
];

/** How long requests take: of either runtime, and of both as one. */
export function latencyRow(): PanelSource[] {
  return [
    ...GROUPS.map(({ name, matchers }) =>
      timeSeries({
        ...SIZE,
        title: `${name}: duration`,
        description: 'Seconds to the head of the answer, within which so many of the requests were answered.',
        queries: [0.5, 0.95, 0.99].map((quantile) => ({
          expr: `histogram_quantile(${quantile}, ${durationBuckets('le', matchers)})`,
          legend: `${quantile * 100} %`,
        })),
        runbook: 'm2#pulls-slow',
        unit: 's',
      }),
    ),
    ...GROUPS.map(({ name, matchers }) =>
      bucketHeatmap({
        ...SIZE,
        title: `${name}: requests by duration`,
        description:
          'Requests per second in each bucket. Two bands where one is expected are two kinds of requests.',
        queries: [
          { expr: durationBuckets('le', matchers), legend: '{{le}}', format: PromQueryFormat.Heatmap },
        ],
        runbook: 'm2#pulls-slow',
        unit: 's',
      }),
    ),
    timeSeries({
      width: 24,
      height: 8,
      title: '99 % of each route',
      description: 'The same route of both runtimes, to be compared.',
      queries: [
        {
          expr: `histogram_quantile(0.99, ${durationBuckets('runtime, route, le', CHOSEN_REQUESTS)})`,
          legend: '{{route}} {{runtime}}',
        },
      ],
      runbook: 'm2#pulls-slow',
      unit: 's',
    }),
  ];
}
