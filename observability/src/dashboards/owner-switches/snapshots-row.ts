import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { CHOSEN_PROCESSES } from './filters.ts';

const SIZE = { width: 12, height: 8 };

/** What each process has, and how it gets it. */
export function snapshotsRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Version per process',
      description: 'All lines meet again within 30 s of a change. A process without a source has version 0.',
      queries: [
        {
          expr: `max by (process_name, instance) (quay_switch_snapshot_version{${CHOSEN_PROCESSES}})`,
          legend: '{{process_name}} {{instance}}',
        },
      ],
      runbook: 'm1#versions-differ',
      unit: 'none',
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Age of the snapshot per process',
      description:
        'Time since the last successful poll. Polls come every 5 to 15 s; above 30 s an alert fires.',
      queries: [
        {
          expr: `max by (process_name, instance) (quay_switch_snapshot_age_seconds{${CHOSEN_PROCESSES}})`,
          legend: '{{process_name}} {{instance}}',
        },
      ],
      runbook: 'm1#snapshot-too-old',
      unit: 's',
      thresholds: redFrom(30),
    }),
    timeSeries({
      ...SIZE,
      title: 'Polls by outcome',
      description: 'Per second, all processes together; refused and unavailable should not appear.',
      queries: [
        {
          expr: `sum by (outcome) (rate(quay_switch_polls_total{${CHOSEN_PROCESSES}}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
      runbook: 'm1#what-can-be-away',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Refused snapshots',
      description:
        'Malformed, too large, or of a lower version than the one in force. The log names the fault.',
      queries: [
        {
          expr: `sum by (process_name) (increase(quay_switch_parse_failures_total{${CHOSEN_PROCESSES}}[$__rate_interval]))`,
          legend: '{{process_name}}',
        },
      ],
      runbook: 'm1#snapshot-refused',
      unit: 'short',
      bars: true,
    }),
  ];
}
