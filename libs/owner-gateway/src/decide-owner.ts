import type { GatewayRequest } from '@quay-observability/gateway';
import {
  familyOfPath,
  type Family,
  type RouteDecision,
  type RouteOwner,
  type RouteQuestion,
} from '@quay-observability/owner-switch';
import {
  decodePath,
  repositoryOf,
  type LibrarySettings,
  type RouteMatch,
} from '@quay-observability/registry-routes';
import { userOf } from './request-user.ts';

/** Who serves a request, by the switches, which count the decision. Never throws. */
export type DecideOwner = (request: GatewayRequest, route: RouteMatch | undefined) => RouteOwner;

export type DecideOwnerOptions = {
  switches: { route(question: RouteQuestion): RouteDecision };
  library: LibrarySettings;
};

const FAMILIES = { v1: 'REGISTRY_V1', v2: 'REGISTRY_V2', api: 'API_V1' } as const;

/** Asks the switches about requests as contract section 13 describes them. */
export function createDecideOwner({ switches, library }: DecideOwnerOptions): DecideOwner {
  return ({ method, target, rawHeaders }, route) =>
    switches.route({
      family: familyOf(target, route),
      method,
      endpoint: route?.endpoint,
      repository: route === undefined ? undefined : repositoryOf(route.params, library),
      namespace: route?.params.orgname ?? route?.params.namespace,
      user: () => userOf(rawHeaders),
    }).owner;
}

function familyOf(target: string, route: RouteMatch | undefined): Family {
  return route === undefined ? familyOfPath(decodePath(target)) : FAMILIES[route.family];
}
