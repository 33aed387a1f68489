import { stateTimeline, timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { namedStates, stateFrom } from '../../grafana/states.ts';
import { OWNER_STATES, ownerStates } from '../owner-switches/owner-states.ts';
import { bucketsOf, CHOSEN_RUNTIMES, PROGRAMS, ROUNDS, WORKER_ALERTS } from './filters.ts';

const SIZE = { width: 12, height: 8 };

/** Whose the programs are, and who does their work. */
export function programsRow(): PanelSource[] {
  return [
    stateTimeline({
      ...SIZE,
      title: 'Owner of each program',
      description: 'As the switch-controller has published it, the kill switch included.',
      queries: [{ expr: ownerStates(`capability=~"${PROGRAMS}"`), legend: '{{capability}}' }],
      runbook: 'm4#move-a-worker',
      unit: 'none',
      states: OWNER_STATES,
    }),
    stateTimeline({
      ...SIZE,
      title: 'Replicas of the new runtime that work',
      description:
        'Per program. Several are a reserve: a run is done by one of them, and the statistics are shown by one.',
      queries: [{ expr: 'sum by (program) (quay_worker_running)', legend: '{{program}}' }],
      runbook: 'm4#not-running',
      unit: 'none',
      states: [
        ...namedStates([
          { value: 0, text: 'idle', color: 'text' },
          { value: 1, text: 'running', color: 'green' },
        ]),
        stateFrom(2, 'several', 'blue'),
      ],
    }),
    timeSeries({
      ...SIZE,
      title: 'Rounds per runtime',
      description:
        'Per second, by the names that Python gives its workers. With a move one line ends as the other one begins.',
      queries: [
        {
          expr: `sum by (runtime, worker, operation) (${ROUNDS}{${CHOSEN_RUNTIMES}})`,
          legend: '{{worker}} {{operation}} {{runtime}}',
        },
      ],
      runbook: 'm4#both-runtimes-work',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Rounds in progress',
      description: 'Of living processes. A purge or a collection may take hours.',
      queries: [
        {
          expr: `sum by (runtime, worker, operation) (runtime_worker_operation:quay_worker_operation_in_progress:sum{${CHOSEN_RUNTIMES}})`,
          legend: '{{worker}} {{operation}} {{runtime}}',
        },
      ],
      runbook: 'm4#no-collection',
      unit: 'none',
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Duration of rounds',
      description:
        'Within which 95 % of them ended, as both runtimes measure it; the first bucket ends at a minute.',
      queries: [
        {
          expr: `histogram_quantile(0.95, ${bucketsOf('quay_worker_operation_duration_seconds', 'runtime, worker, operation, le', CHOSEN_RUNTIMES)})`,
          legend: '{{worker}} {{operation}} {{runtime}}',
        },
      ],
      runbook: 'm4#what-to-watch',
      unit: 's',
    }),
    stateTimeline({
      ...SIZE,
      title: 'Alerts',
      description: 'As counted above; nothing is shown while all is well.',
      queries: [
        {
          expr: `max by (alertname) (
  2 * ALERTS{${WORKER_ALERTS}, alertstate="firing"}
  or
  ALERTS{${WORKER_ALERTS}, alertstate="pending"}
)`,
          legend: '{{alertname}}',
        },
      ],
      runbook: 'm4#alerts',
      unit: 'none',
      states: namedStates([
        { value: 1, text: 'pending', color: 'yellow' },
        { value: 2, text: 'firing', color: 'red' },
      ]),
    }),
  ];
}
