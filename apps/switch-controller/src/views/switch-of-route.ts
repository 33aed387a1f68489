import {
  isGated,
  ROUTE_OWNERS,
  SWITCH_PREFIXES,
  type CanarySelectors,
  type DecisionSource,
  type Family,
  type RouteOwner,
  type Snapshot,
  type SwitchedRoute,
} from '@quay-observability/owner-switch';

/** What the switches say about a route, whoever asks. */
export type RouteSwitch = {
  /** `go` may be narrowed by `gate`. */
  readonly owner: RouteOwner;
  readonly source: Exclude<DecisionSource, 'last-known-good'>;
  readonly gate: CanarySelectors | undefined;
};

/** The same rules as a resolver's (contract section 13), which decides for one request at a time. */
export function switchOfRoute(snapshot: Snapshot, { ids, capability, family }: SwitchedRoute): RouteSwitch {
  return firstSwitch(snapshot, family, [
    ...ids.map((id): Candidate => ['route', SWITCH_PREFIXES.route + id]),
    ['capability', SWITCH_PREFIXES.capability + capability],
    ['family', SWITCH_PREFIXES.family + family],
  ]);
}

/** What the switch of a family says, for those of its capabilities that have none of their own. */
export function switchOfFamily(snapshot: Snapshot, family: Family): RouteSwitch {
  return firstSwitch(snapshot, family, [['family', SWITCH_PREFIXES.family + family]]);
}

type Candidate = [RouteSwitch['source'], string];

function firstSwitch(snapshot: Snapshot, family: Family, candidates: readonly Candidate[]): RouteSwitch {
  const python = { owner: 'python', gate: undefined } as const;
  if (snapshot.forcePython) return { ...python, source: 'force' };
  const found = candidates.find(([, name]) => snapshot.owners.has(name));
  if (found === undefined) return { ...python, source: 'default' };
  const [source, name] = found;
  const owner = ROUTE_OWNERS.find((each) => each === snapshot.owners.get(name));
  if (owner === undefined) return { ...python, source: 'fail-closed' };
  const selectors = snapshot.canaries.bySwitch.get(name) ?? snapshot.canaries.general;
  if (owner !== 'go' || !isGated(selectors)) return { owner, source, gate: undefined };
  // A canary never takes in a route of v1: its layers do not name their repository.
  return family === 'REGISTRY_V1' ? { ...python, source: 'canary' } : { owner, source, gate: selectors };
}
