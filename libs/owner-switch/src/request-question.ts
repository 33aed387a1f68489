import {
  decodePath,
  repositoryOf,
  type LibrarySettings,
  type RouteMatch,
  type RouteMethodNotAllowed,
} from '@quay-observability/registry-routes';
import type { Family } from './capabilities.ts';
import { familyOfPath } from './family-of-path.ts';
import type { RouteQuestion } from './resolver.ts';

/** A request of which the owner is wanted, as far as it is HTTP. */
export type SwitchedRequest = {
  readonly method: string;
  /** The raw target, query included. */
  readonly target: string;
  /** What a matcher of the rules of its path found. */
  readonly match: RouteMatch | RouteMethodNotAllowed | undefined;
  /** Who asks; called only if a canary selects users. */
  readonly user: () => string | undefined;
};

const FAMILIES = { v1: 'REGISTRY_V1', v2: 'REGISTRY_V2', api: 'API_V1' } as const;

/**
 * What the switches are asked about a request (contract section 13). One way for all that decide, so that the gateways
 * and who asks the switch-controller give the same request to the same runtime.
 */
export function questionOfRequest(
  { method, target, match, user }: SwitchedRequest,
  library: LibrarySettings,
): RouteQuestion {
  const route = match === undefined || 'methodNotAllowed' in match ? undefined : match;
  return {
    family: familyOf(target, route),
    method,
    endpoint: route?.endpoint,
    repository: route === undefined ? undefined : repositoryOf(route.params, library),
    namespace: route?.params.orgname ?? route?.params.namespace,
    user,
  };
}

function familyOf(target: string, route: RouteMatch | undefined): Family {
  return route === undefined ? familyOfPath(decodePath(target)) : FAMILIES[route.family];
}
