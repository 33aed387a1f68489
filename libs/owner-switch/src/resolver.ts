import { isGated, isSelected, type Requester } from './canary.ts';
import type { Capability, Family } from './capabilities.ts';
import type { DecisionSource, RouteDecision, WorkerDecision } from './decision.ts';
import { describeRoute } from './describe-route.ts';
import type { RouteOwner, WorkerOwner } from './owner.ts';
import { ROUTE_OWNERS, WORKER_OWNERS } from './owner.ts';
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

/** What the switches say about a route before anybody is selected. */
type RouteRule = {
  readonly capability: Capability;
  readonly family: Family;
  readonly owner: RouteOwner;
  readonly source: DecisionSource;
  readonly switchName: string | undefined;
  /** Who is taken in, if not everybody. */
  readonly gate: CanarySelectors | undefined;
};

/** Routes are few; the bound is for methods and endpoints that nobody has heard of. */
const MAX_RULES = 5000;

/** Compiles a snapshot. Order: kill switch, route, capability, family, `python` (contract section 13). */
export function createResolver(snapshot: Snapshot): Resolver {
  const rules = new Map<string, RouteRule>();
  const ruleOf = ({ family, method, endpoint }: RouteQuestion): RouteRule => {
    const key = `${family} ${method} ${endpoint ?? ''}`;
    const known = rules.get(key);
    if (known !== undefined) return known;
    const rule = routeRule(snapshot, family, method, endpoint);
    if (rules.size < MAX_RULES) rules.set(key, rule);
    return rule;
  };
  return {
    route: (question) => decideRoute(ruleOf(question), question),
    worker: (program, disabled = false) => decideWorker(snapshot, program, disabled),
  };
}

function routeRule(
  snapshot: Snapshot,
  family: Family,
  method: string,
  endpoint: string | undefined,
): RouteRule {
  const route = describeRoute(family, method, endpoint);
  const base = { capability: route.capability, family: route.family };
  const python = { ...base, owner: 'python', switchName: undefined, gate: undefined } as const;
  if (snapshot.forcePython) return { ...python, source: 'force' };
  const candidates: [DecisionSource, string][] = [
    ...route.ids.map((id): [DecisionSource, string] => ['route', SWITCH_PREFIXES.route + id]),
    ['capability', SWITCH_PREFIXES.capability + route.capability],
    ['family', SWITCH_PREFIXES.family + route.family],
  ];
  const found = candidates.find(([, name]) => snapshot.owners.has(name));
  if (found === undefined) return { ...python, source: 'default' };
  const [source, switchName] = found;
  const owner = ROUTE_OWNERS.find((each) => each === snapshot.owners.get(switchName));
  if (owner === undefined) return { ...python, source: 'fail-closed', switchName };
  const selectors = snapshot.canaries.bySwitch.get(switchName) ?? snapshot.canaries.general;
  const gate = owner === 'go' && isGated(selectors) ? selectors : undefined;
  return { ...base, owner, source, switchName, gate };
}

function decideRoute(rule: RouteRule, requester: Requester): RouteDecision {
  const { capability, owner, source, switchName, gate } = rule;
  if (gate === undefined) return { capability, owner, source, switchName };
  // Layers of v1 are uploaded and fetched without naming their repository: a gate would tear its pushes and
  // pulls apart, so it keeps all of v1 with Python.
  const selected = rule.family !== 'REGISTRY_V1' && isSelected(gate, requester);
  return { capability, owner: selected ? 'go' : 'python', source: 'canary', switchName };
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
