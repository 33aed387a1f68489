import { stateTimeline, timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { namedStates } from '../../grafana/states.ts';
import { bucketsOf, CHOSEN_APPS, OWN_CHECKS, QUAY_SERVICES } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const UP_OR_DOWN = namedStates([
  { value: 0, text: 'down', color: 'red' },
  { value: 1, text: 'up', color: 'green' },
]);

/** What both runtimes say of Quay, what api-health finds, and what every app needs for itself. */
export function checksRow(): PanelSource[] {
  return [
    stateTimeline({
      ...SIZE,
      title: 'Health pages of both runtimes',
      description:
        'Probed from outside, whoever is the owner (deploy/prometheus/health-probes.yml). They agree unless one of them is away or sees something else.',
      queries: [
        {
          expr: 'min by (runtime, page) (probe_success{job="quay-health"})',
          legend: '{{runtime}}: {{page}}',
        },
      ],
      runbook: 'm3#runtimes-differ',
      unit: 'none',
      states: UP_OR_DOWN,
    }),
    stateTimeline({
      ...SIZE,
      title: 'Services of Quay',
      description:
        "What Quay's own health endpoints are made of, as api-health finds it; of several instances the worst.",
      queries: [
        {
          expr: `min by (host, check) (quay_health_check_up{${QUAY_SERVICES}})`,
          legend: '{{host}}: {{check}}',
        },
      ],
      runbook: 'm3#service-down',
      unit: 'none',
      states: UP_OR_DOWN,
    }),
    stateTimeline({
      ...SIZE,
      title: 'Checks of the apps',
      description: 'What /readyz and /livez of each app answer from, threshold included.',
      queries: [
        {
          expr: `min by (process_name, host, check) (quay_health_check_up{${CHOSEN_APPS}, ${OWN_CHECKS}})`,
          legend: '{{process_name}} {{host}}: {{check}}',
        },
      ],
      runbook: 'm3#check-down',
      unit: 'none',
      states: UP_OR_DOWN,
    }),
    timeSeries({
      ...SIZE,
      title: 'Duration of checks',
      description:
        'Within which 95 % of the runs ended, time-outs included. What takes long here will fail soon.',
      queries: [
        {
          expr: `histogram_quantile(0.95, ${bucketsOf('quay_health_check_duration_seconds', 'process_name, check, le', CHOSEN_APPS)})`,
          legend: '{{process_name}}: {{check}}',
        },
      ],
      runbook: 'm3#check-down',
      unit: 's',
    }),
  ];
}
