import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy } from '../../grafana/rates.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { ofTheLiving } from './filters.ts';

const SIZE = { width: 12, height: 8 };

/** What is counted for all of Quay, and how old it is. */
export function statisticsRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Repositories',
      description: 'By the runtime that shows them: one, but for the minutes of a move.',
      queries: [{ expr: ofTheLiving('quay_repository_rows'), legend: '{{runtime}}' }],
      runbook: 'm4#statistics-of-both-runtimes',
      unit: 'none',
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Users, organizations, robots, mirrors',
      description: 'By the runtime that shows them.',
      queries: [
        { metric: 'quay_user_rows', name: 'users' },
        { metric: 'quay_org_rows', name: 'organizations' },
        { metric: 'quay_robot_rows', name: 'robots' },
        { metric: 'quay_org_mirrors_total', name: 'mirrors' },
        { metric: 'quay_org_mirrors_enabled', name: 'mirrors that are on' },
      ].map(({ metric, name }) => ({ expr: ofTheLiving(metric), legend: `${name} {{runtime}}` })),
      runbook: 'm4#statistics-of-both-runtimes',
      unit: 'none',
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Counts by outcome',
      description: 'Per second, of the new runtime. A count that failed is repeated after a minute.',
      queries: [{ expr: ratesBy('outcome', 'quay_globalstats_runs_total'), legend: '{{outcome}}' }],
      runbook: 'm4#statistics-are-old',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Age of the numbers',
      description: 'Of the new runtime. It rises to GLOBAL_PROMETHEUS_STATS_FREQUENCY and falls to zero.',
      queries: [
        { expr: 'time() - max(quay_globalstats_last_success_timestamp_seconds)', legend: 'since the count' },
      ],
      runbook: 'm4#statistics-are-old',
      unit: 's',
      thresholds: redFrom(10_800),
    }),
  ];
}
