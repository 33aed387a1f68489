import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import {
  CAPABILITY_NAMES,
  PROGRAMS,
  type RouteDecision,
  type WorkerDecision,
} from '@quay-observability/owner-switch';
import type { SwitchKeeper } from './switch-keeper.ts';

/** What came of a poll: the label `outcome` of `quay_switch_polls_total`. */
export type PollOutcome = 'unchanged' | 'changed' | 'refused' | 'unavailable';

const OUTCOMES: readonly PollOutcome[] = ['unchanged', 'changed', 'refused', 'unavailable'];

/** Label values of the switches: what nobody has heard of is counted as `other`. */
export const SWITCH_LABEL_VALUES = {
  quay_switch_owner_decision_total: { capability: [...CAPABILITY_NAMES, ...PROGRAMS] },
  quay_worker_running: { program: PROGRAMS },
} as const;

/** Counts what happens to the switches of one process; `process_name` is the app (contract section 13). */
export type SwitchMetrics = {
  readonly decided: (decision: RouteDecision | WorkerDecision) => void;
  readonly polled: (outcome: PollOutcome) => void;
};

/** Binds the metrics of the owner switches. Age and version are read at each scrape. */
export function bindSwitchMetrics(
  metrics: Metrics<AppName>,
  app: AppName,
  keeper: SwitchKeeper,
): SwitchMetrics {
  const decisions = metrics.counter('quay_switch_owner_decision_total');
  const polls = metrics.counter('quay_switch_polls_total');
  const refusals = metrics.counter('quay_switch_parse_failures_total');
  const age = metrics.gauge('quay_switch_snapshot_age_seconds');
  const version = metrics.gauge('quay_switch_snapshot_version');
  const labels = { process_name: app };
  for (const outcome of OUTCOMES) polls.inc({ ...labels, outcome }, 0);
  refusals.inc(labels, 0);
  age.onCollect(() => age.set(labels, keeper.report().ageSeconds));
  version.onCollect(() => version.set(labels, keeper.report().version));
  return {
    decided: ({ capability, owner, source }) => decisions.inc({ capability, owner, source }),
    polled: (outcome) => {
      polls.inc({ ...labels, outcome });
      if (outcome === 'refused') refusals.inc(labels);
    },
  };
}
