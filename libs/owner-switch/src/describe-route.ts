import { CAPABILITIES, type Capability, type Family } from './capabilities.ts';
import { REGISTRY_ROUTES } from './route-capabilities.ts';

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
 * family that its path lies in; the latter decides alone where no rule matches. A route has the ids
 * `ROUTE_0327` (its number in the plan's list, registry only), `V2_FETCH_MANIFEST_BY_TAGNAME_GET` and
 * `V2_FETCH_MANIFEST_BY_TAGNAME`.
 */
export function describeRoute(family: Family, method: string, endpoint: string | undefined): SwitchedRoute {
  if (endpoint === undefined) return routeOf(otherOf(family, method), []);
  const name = endpoint.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  const known = Object.hasOwn(REGISTRY_ROUTES, endpoint) ? REGISTRY_ROUTES[endpoint] : undefined;
  // Flask runs the GET view for HEAD: one route, one owner.
  const ids = [...(known?.planIds ?? []), `${name}_${method === 'HEAD' ? 'GET' : method}`, name];
  return routeOf(known?.capability ?? otherOf(family, method), ids);
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
