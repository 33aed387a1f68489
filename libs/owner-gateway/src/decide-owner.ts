import type { GatewayRequest } from '@quay-observability/gateway';
import {
  questionOfRequest,
  type RouteDecision,
  type RouteOwner,
  type RouteQuestion,
} from '@quay-observability/owner-switch';
import type { LibrarySettings, RouteMatch } from '@quay-observability/registry-routes';
import { userOf } from './request-user.ts';

/** Who serves a request, by the switches, which count the decision. Never throws. */
export type DecideOwner = (request: GatewayRequest, route: RouteMatch | undefined) => RouteOwner;

export type DecideOwnerOptions = {
  switches: { route(question: RouteQuestion): RouteDecision };
  library: LibrarySettings;
};

/** Asks the switches about requests as contract section 13 describes them. */
export function createDecideOwner({ switches, library }: DecideOwnerOptions): DecideOwner {
  return ({ method, target, rawHeaders }, match) =>
    switches.route(questionOfRequest({ method, target, match, user: () => userOf(rawHeaders) }, library))
      .owner;
}
