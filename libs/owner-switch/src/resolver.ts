import { createGate, isGated, type Gate, type Requester } from './canary.ts';
import type { Family } from './capabilities.ts';
import type { DecisionSource, RouteDecision, WorkerDecision } from './decision.ts';
import { describeRoute } from './describe-route.ts';
import type { RouteOwner, WorkerOwner } from './owner.ts';
import { ROUTE_OWNERS, WORKER_OWNERS } from './owner.ts';
import { createRouteMemo } from './route-memo.ts';
import type { CanarySelectors, Snapshot } from './snapshot.ts';
import { SWITCH_PREFIXES } from './switch-name.ts';

/** A request whose owner is wanted. */
export type RouteQuestion = Requester & {
  readonly family: Family;
  readonly method: string;
  /** The Flask endpoint; undefined if path and method match no rule. */
  readonly endpoint: string | undefined;
};

/** Answers from one snapshot; nothing it is asked makes it throw. */
export type Resolver = {
  route(question: RouteQuestion): RouteDecision;
  /** `disabled`: Quay's own configuration keeps the program from starting (`QUAY_OVERRIDE_SERVICES`). */
  worker(program: string, disabled?: boolean): WorkerDecision;
};

/** What the switches say about a route. */
type RouteRule = {
  readonly decision: RouteDecision;
  /** Whom the canary takes in, and the decision for them. */
  readonly canary: { readonly gate: Gate; readonly decision: RouteDecision } | undefined;
};

/** Compiles a snapshot. Order: kill switch, route, capability, family, `python` (contract section 13). */
export function createResolver(snapshot: Snapshot): Resolver {
  const gates = new Map<CanarySelectors, Gate>();
  const gateOf = (selectors: CanarySelectors): Gate => {
    const gate = gates.get(selectors) ?? createGate(selectors);
    gates.set(selectors, gate);
    return gate;
  };
  const rules = createRouteMemo((family, method, endpoint) =>
    routeRule(snapshot, gateOf, family, method, endpoint),
  );
  return {
    route: (question) => {
      const { decision, canary } = rules.get(question.family, question.method, question.endpoint);
      return canary?.gate(question) === true ? canary.decision : decision;
    },
    worker: (program, disabled = false) => decideWorker(snapshot, program, disabled),
  };
}

function routeRule(
  snapshot: Snapshot,
  gateOf: (selectors: CanarySelectors) => Gate,
  family: Family,
  method: string,
  endpoint: string | undefined,
): RouteRule {
  const route = describeRoute(family, method, endpoint);
  const decided = (owner: RouteOwner, source: DecisionSource, switchName?: string): RouteDecision => ({
    capability: route.capability,
    owner,
    source,
    switchName,
  });
  const always = (decision: RouteDecision): RouteRule => ({ decision, canary: undefined });
  if (snapshot.forcePython) return always(decided('python', 'force'));
  const candidates: [DecisionSource, string][] = [
    ...route.ids.map((id): [DecisionSource, string] => ['route', SWITCH_PREFIXES.route + id]),
    ['capability', SWITCH_PREFIXES.capability + route.capability],
    ['family', SWITCH_PREFIXES.family + route.family],
  ];
  const found = candidates.find(([, name]) => snapshot.owners.has(name));
  if (found === undefined) return always(decided('python', 'default'));
  const [source, name] = found;
  const owner = ROUTE_OWNERS.find((each) => each === snapshot.owners.get(name));
  if (owner === undefined) return always(decided('python', 'fail-closed', name));
  const selectors = snapshot.canaries.bySwitch.get(name) ?? snapshot.canaries.general;
  if (owner !== 'go' || !isGated(selectors)) return always(decided(owner, source, name));
  const outside = decided('python', 'canary', name);
  // Layers of v1 are uploaded and fetched without naming their repository: a gate would tear its pushes and
  // pulls apart, so it keeps all of v1 with Python.
  if (route.family === 'REGISTRY_V1') return always(outside);
  return { decision: outside, canary: { gate: gateOf(selectors), decision: decided('go', 'canary', name) } };
}

function decideWorker(snapshot: Snapshot, program: string, disabled: boolean): WorkerDecision {
  const switchName = SWITCH_PREFIXES.worker + program;
  const decided = (owner: WorkerOwner, source: DecisionSource, name?: string): WorkerDecision => ({
    capability: program,
    owner,
    source,
    switchName: name,
  });
  if (snapshot.forcePython) return decided('python', 'force');
  const written = snapshot.owners.get(switchName);
  if (written === undefined) return decided(disabled ? 'off' : 'python', 'default');
  const owner = WORKER_OWNERS.find((each) => each === written);
  return owner === undefined
    ? decided('python', 'fail-closed', switchName)
    : decided(owner, 'capability', switchName);
}
