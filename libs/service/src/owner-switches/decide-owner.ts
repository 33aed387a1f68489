import type {
  DecisionSource,
  Program,
  RouteDecision,
  RouteQuestion,
  ServiceOverrides,
  WorkerDecision,
} from '@quay-observability/owner-switch';
import type { OwnerSwitches } from './owner-switches.ts';
import type { SwitchKeeper } from './switch-keeper.ts';

export type DecideOwnerOptions = {
  readonly keeper: SwitchKeeper;
  readonly overrides: ServiceOverrides;
  readonly count: (decision: RouteDecision | WorkerDecision) => void;
};

/** Decides from what is in force, and tells in `source` if that is not fresh. */
export function createDeciders({
  keeper,
  overrides,
  count,
}: DecideOwnerOptions): Pick<OwnerSwitches, 'route' | 'worker'> {
  const inPhase = <Decision extends RouteDecision | WorkerDecision>(decision: Decision): Decision => {
    const phase = keeper.phase();
    return phase === 'fresh' ? decision : distrusted(decision, phase);
  };
  return {
    route: (question: RouteQuestion) => {
      const decision = inPhase(keeper.resolver().route(question));
      count(decision);
      return decision;
    },
    worker: (program: Program) => {
      const decision = inPhase(keeper.resolver().worker(program, overrides.isDisabled(program)));
      count(decision);
      return decision;
    },
  };
}

/** The kill switch and an owner that nobody knows are told as such in every phase. */
function distrusted<Decision extends RouteDecision | WorkerDecision>(
  decision: Decision,
  phase: 'last-known-good' | 'fail-closed',
): Decision {
  if (decision.source === 'force' || decision.source === 'fail-closed') return decision;
  const source: DecisionSource = phase;
  return phase === 'fail-closed' ? { ...decision, owner: 'python', source } : { ...decision, source };
}
