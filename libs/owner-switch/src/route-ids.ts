import { QUAY_ROUTES } from '@quay-observability/registry-routes';
import { REGISTRY_ROUTES } from './route-capabilities.ts';

/** Flask runs the GET view for HEAD, one route with one owner, except where HEAD has a view of its own. */
const HEAD_ENDPOINTS: ReadonlySet<string> = new Set(
  QUAY_ROUTES.filter(({ methods }) => methods.includes('HEAD')).map(({ endpoint }) => endpoint),
);

/** Flask answers OPTIONS under the endpoint of the rule that it finds. */
const AUTOMATIC_METHOD = 'OPTIONS';

/**
 * The ids of a route, the most specific first: its number in the plan's list, which the plan writes as
 * `ROUTE_0327` and as `0327` (registry only), `V2_FETCH_MANIFEST_BY_TAGNAME_GET`, `V2_FETCH_MANIFEST_BY_TAGNAME`.
 */
export function routeIds(endpoint: string, method: string): string[] {
  const known = Object.hasOwn(REGISTRY_ROUTES, endpoint) ? REGISTRY_ROUTES[endpoint] : undefined;
  const numbers = (known?.planIds ?? []).flatMap((id) => [id, id.replace('ROUTE_', '')]);
  const name = endpoint.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  const served = method === 'HEAD' && !HEAD_ENDPOINTS.has(endpoint) ? 'GET' : method;
  return [...numbers, `${name}_${served}`, name];
}

/** Every id that a route of Quay has; a switch with another one decides nothing. */
export const KNOWN_ROUTE_IDS: ReadonlySet<string> = new Set(
  QUAY_ROUTES.flatMap(({ endpoint, methods }) =>
    [...methods, AUTOMATIC_METHOD].flatMap((method) => routeIds(endpoint, method)),
  ),
);
