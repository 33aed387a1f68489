import { stateTimeline, timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { namedStates } from '../../grafana/states.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { REGISTRY_ALERTS } from './filters.ts';

const SIZE = { width: 8, height: 8 };

/** Whether what is shown above can be believed. */
export function sightRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Last push of Python',
      description:
        'Time since the youngest push of each program on each host, which comes every 30 s. Lines that rise for ever are of what has ended.',
      queries: [
        {
          expr: 'time() - max by (process_name, host) (push_time_seconds{host!="", process_name!="", pid!=""})',
          legend: '{{process_name}} {{host}}',
        },
      ],
      runbook: 'm2#python-is-silent',
      unit: 's',
      thresholds: redFrom(90),
    }),
    timeSeries({
      ...SIZE,
      title: 'Series refused',
      description: 'Observations that count as "other" because a metric has reached its limit of series.',
      queries: [
        {
          expr: 'sum by (process_name, metric) (increase(quay_metrics_series_refused_total[$__rate_interval]))',
          legend: '{{process_name}} {{metric}}',
        },
      ],
      runbook: 'm2#series-refused',
      unit: 'short',
      bars: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Database connections in use',
      description: 'Of all processes of a runtime; processes of Python that have ended do not count.',
      queries: [
        {
          expr: 'sum by (runtime) (runtime:quay_db_pooled_connections_in_use:sum)',
          legend: '{{runtime}}',
        },
      ],
      runbook: 'm2#what-to-watch',
      unit: 'none',
      stepped: true,
    }),
    stateTimeline({
      width: 24,
      height: 6,
      title: 'Alerts',
      description: 'Of observability/rules/registry.yml and gateway.yml; nothing is shown while all is well.',
      queries: [
        {
          expr: `max by (alertname) (
  2 * ALERTS{${REGISTRY_ALERTS}, alertstate="firing"}
  or
  ALERTS{${REGISTRY_ALERTS}, alertstate="pending"}
)`,
          legend: '{{alertname}}',
        },
      ],
      runbook: 'm2#alerts',
      unit: 'none',
      states: namedStates([
        { value: 1, text: 'pending', color: 'yellow' },
        { value: 2, text: 'firing', color: 'red' },
      ]),
    }),
  ];
}
