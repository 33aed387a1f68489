import { stat, type PanelSource } from '../../grafana/panels.ts';
import { greenFrom, redFrom } from '../../grafana/thresholds.ts';
import { CHOSEN_PROCESSES } from './filters.ts';

const SIZE = { width: 4, height: 4 };
const ACKNOWLEDGED = 'increase(quay_switch_propagation_seconds_count[$__range])';
// Prometheus 2 keeps the spellings 30 and 30.0 of a bound apart.
const ACKNOWLEDGED_IN_TIME = 'increase(quay_switch_propagation_seconds_bucket{le=~"30([.]0)?"}[$__range])';

/** Whether all is well, in six numbers. */
export function overviewRow(): PanelSource[] {
  return [
    stat({
      ...SIZE,
      title: 'Version in force',
      description: 'The highest version of the owner switches that any process has.',
      queries: [{ expr: 'max(quay_switch_snapshot_version)', instant: true }],
      runbook: 'm1#move-a-capability',
      unit: 'none',
    }),
    stat({
      ...SIZE,
      title: 'Oldest snapshot',
      description:
        'Time since the last successful poll of the process that is worst off. Above 30 s a change may not reach it.',
      queries: [{ expr: `max(quay_switch_snapshot_age_seconds{${CHOSEN_PROCESSES}})`, instant: true }],
      runbook: 'm1#snapshot-too-old',
      unit: 's',
      thresholds: redFrom(30),
    }),
    stat({
      ...SIZE,
      title: 'Behind or silent',
      description:
        'Processes that the switch-controller knows and that are not on the published version, or have not asked for more than 30 s. What has ended stays among them for ten minutes.',
      queries: [
        { expr: 'sum(max by (state) (quay_switch_processes{state=~"behind|silent"}))', instant: true },
      ],
      runbook: 'm1#versions-differ',
      unit: 'none',
      thresholds: redFrom(1),
    }),
    stat({
      ...SIZE,
      title: 'Acknowledged within 30 s',
      description: 'Of all acknowledgements of changes in the time shown, those that came within 30 s.',
      queries: [{ expr: `sum(${ACKNOWLEDGED_IN_TIME}) / sum(${ACKNOWLEDGED})`, instant: true }],
      runbook: 'm1#propagation-slow',
      unit: 'percentunit',
      thresholds: greenFrom(1),
    }),
    stat({
      ...SIZE,
      title: 'Fail-closed decisions',
      description: 'Decisions for Python because the owner could not be told, in the time shown.',
      queries: [
        {
          expr: 'sum(increase(quay_switch_owner_decision_total{source="fail-closed"}[$__range])) or vector(0)',
          instant: true,
        },
      ],
      runbook: 'm1#fail-closed-decisions',
      unit: 'short',
      thresholds: redFrom(1),
    }),
    stat({
      ...SIZE,
      title: 'Firing alerts',
      description: 'Of observability/rules/owner-switches.yml.',
      queries: [
        {
          expr: 'count(ALERTS{alertname=~"Quay(Switch|Worker|UploadPins).+", alertstate="firing"}) or vector(0)',
          instant: true,
        },
      ],
      runbook: 'm1#alerts',
      unit: 'none',
      thresholds: redFrom(1),
    }),
  ];
}
