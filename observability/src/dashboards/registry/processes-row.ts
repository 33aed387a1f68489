import { stateTimeline, timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { namedStates } from '../../grafana/states.ts';

const SIZE = { width: 12, height: 8 };

/** The processes of the new runtime, and the configuration that they go by. */
export function processesRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Processes that serve',
      description: 'Of the HTTP_WORKERS of each replica; "silent" ones have begun and do not answer.',
      queries: [
        {
          expr: 'sum by (process_name, host, state) (quay_http_workers)',
          legend: '{{process_name}} {{host}}: {{state}}',
        },
      ],
      runbook: 'm2#processes-restart',
      unit: 'none',
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Processes started again',
      description: 'In the place of one that ended unasked. None is right.',
      queries: [
        {
          expr: 'sum by (process_name, host) (increase(quay_http_worker_restarts_total[$__rate_interval]))',
          legend: '{{process_name}} {{host}}',
        },
      ],
      runbook: 'm2#processes-restart',
      unit: 'short',
      bars: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Readings of the configuration',
      description: 'Of a changed file, or on SIGHUP; every process takes part in each.',
      queries: [
        {
          expr: 'sum by (process_name, outcome) (increase(quay_config_reloads_total[$__rate_interval]))',
          legend: '{{process_name}}: {{outcome}}',
        },
      ],
      runbook: 'm2#changing-the-configuration',
      unit: 'short',
      bars: true,
    }),
    stateTimeline({
      ...SIZE,
      title: 'Configuration in force',
      description: 'Whether it is that of the file, or an older one because the file cannot be read.',
      queries: [
        {
          expr: 'min by (process_name, host) (quay_config_last_reload_successful)',
          legend: '{{process_name}} {{host}}',
        },
      ],
      runbook: 'm2#configuration-not-reloaded',
      unit: 'none',
      states: namedStates([
        { value: 0, text: 'an older one', color: 'red' },
        { value: 1, text: 'that of the file', color: 'green' },
      ]),
    }),
  ];
}
