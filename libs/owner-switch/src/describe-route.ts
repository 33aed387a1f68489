import { CAPABILITIES, type Capability, type Family } from './capabilities.ts';
import { REGISTRY_ROUTES } from './route-capabilities.ts';
import { routeIds } from './route-ids.ts';

/** A route as the switches see it. */
export type SwitchedRoute = {
  readonly capability: Capability;
  readonly family: Family;
  /** Ids under which `ROUTE_OWNER_ROUTE_<ID>` names it, the most specific first. */
  readonly ids: readonly string[];
};

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a request belongs to. `endpoint` is the Flask endpoint that its path and method match, `family` the
 * family that its path lies in; the latter decides alone where no rule matches.
 */
export function describeRoute(family: Family, method: string, endpoint: string | undefined): SwitchedRoute {
  if (endpoint === undefined) return routeOf(otherOf(family, method), []);
  const known = Object.hasOwn(REGISTRY_ROUTES, endpoint) ? REGISTRY_ROUTES[endpoint] : undefined;
  return routeOf(known?.capability ?? otherOf(family, method), routeIds(endpoint, method));
}

function routeOf(capability: Capability, ids: readonly string[]): SwitchedRoute {
  return { capability, family: CAPABILITIES[capability], ids };
}

function otherOf(family: Family, method: string): Capability {
  if (family === 'REGISTRY_V1') return 'V1_OTHER';
  if (family === 'REGISTRY_V2') return 'V2_OTHER';
  if (family === 'API_V1') return SAFE_METHODS.has(method) ? 'API_V1_READ' : 'API_V1_WRITE';
  return family;
}
