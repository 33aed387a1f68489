import { HTTP_METHODS } from '@quay-observability/metric-catalogue';
import { QUAY_ROUTES } from '@quay-observability/registry-routes';
import { FAMILIES, type Family } from './capabilities.ts';

/** What is computed once for each route. */
export type RouteMemo<Value> = { get(family: Family, method: string, endpoint: string | undefined): Value };

const METHODS: ReadonlySet<string> = new Set(HTTP_METHODS);
const ENDPOINTS: ReadonlySet<string> = new Set(QUAY_ROUTES.map(({ endpoint }) => endpoint));

/**
 * Remembers the values of routes that exist, computes those of others each time: what clients make up must not
 * fill the memory. Maps of maps, because a joined key would cost more to make than all three look-ups.
 */
export function createRouteMemo<Value>(compute: RouteMemo<Value>['get']): RouteMemo<Value> {
  const byEndpoint = new Map<string | undefined, Map<string, Map<string, Value>>>();
  const remember = (family: Family, method: string, endpoint: string | undefined): Value => {
    const value = compute(family, method, endpoint);
    if (!METHODS.has(method) || !Object.hasOwn(FAMILIES, family)) return value;
    if (endpoint !== undefined && !ENDPOINTS.has(endpoint)) return value;
    const byFamily = byEndpoint.get(endpoint) ?? new Map<string, Map<string, Value>>();
    const byMethod = byFamily.get(family) ?? new Map<string, Value>();
    byEndpoint.set(endpoint, byFamily.set(family, byMethod.set(method, value)));
    return value;
  };
  return {
    get: (family, method, endpoint) =>
      byEndpoint.get(endpoint)?.get(family)?.get(method) ?? remember(family, method, endpoint),
  };
}
