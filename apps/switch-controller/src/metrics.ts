import type { Metrics } from '@quay-observability/metrics';
import { CAPABILITY_NAMES, PROGRAMS, ROUTE_OWNERS, WORKER_OWNERS } from '@quay-observability/owner-switch';
import type { Board } from './board.ts';
import { statusOf, type ProcessStatus } from './processes/describe-processes.ts';
import type { ProcessRegister } from './processes/process-register.ts';
import { describeSwitches } from './views/describe-switches.ts';

/** What became of a request to change something. */
export type ChangeOutcome = (typeof CHANGE_OUTCOMES)[number];

const CHANGE_OUTCOMES = [
  'published',
  'rolled_back',
  'dry_run',
  'unchanged',
  'conflict',
  'invalid',
  'unauthorized',
  'unavailable',
] as const;
const STATUSES: readonly ProcessStatus[] = ['current', 'behind', 'silent'];

/** Label values that the catalogue leaves to the app. */
export const CONTROLLER_LABEL_VALUES = {
  quay_switch_capability_owner: { capability: [...CAPABILITY_NAMES, ...PROGRAMS] },
} as const;

/** The metrics that this app fills itself. */
export type ControllerMetrics = {
  changed: (outcome: ChangeOutcome) => void;
  propagated: (seconds: number) => void;
};

/** Binds them. Owners and processes are read at each scrape. */
export function bindControllerMetrics(
  metrics: Metrics<'switch-controller'>,
  board: Board,
  register: ProcessRegister,
): ControllerMetrics {
  const changes = metrics.counter('quay_switch_changes_total');
  const propagation = metrics.histogram('quay_switch_propagation_seconds');
  const owners = metrics.gauge('quay_switch_capability_owner');
  const processes = metrics.gauge('quay_switch_processes');
  for (const outcome of CHANGE_OUTCOMES) changes.inc({ outcome }, 0);
  owners.onCollect(() => {
    const published = board.published();
    if (published === undefined) return;
    const { families, workers } = describeSwitches(published);
    for (const { capability, owner: current } of families.flatMap(({ capabilities }) => capabilities))
      for (const owner of ROUTE_OWNERS) owners.set({ capability, owner }, owner === current ? 1 : 0);
    for (const { program: capability, owner: current } of workers)
      for (const owner of WORKER_OWNERS) owners.set({ capability, owner }, owner === current ? 1 : 0);
  });
  processes.onCollect(() => {
    const version = board.published()?.snapshot.version ?? 0;
    const statuses = register.records().map((record) => statusOf(record, version, Date.now()));
    for (const state of STATUSES) processes.set({ state }, statuses.filter((each) => each === state).length);
  });
  return {
    changed: (outcome) => changes.inc({ outcome }),
    propagated: (seconds) => propagation.observe({}, seconds),
  };
}
