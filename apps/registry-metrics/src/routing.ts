import { headerValue, type GatewayRequest, type ResponseHead } from '@quay-observability/gateway';
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
import { readUploadAnswer, uploadIdOf } from './upload-answer.ts';
import type { UploadPins } from './upload-pins.ts';

/** Who serves which request. */
export type Routing = {
  /**
   * By the switches, which count the decision; an upload under way by its pin, which is no decision and counted
   * as a pin. A promise only if Redis has to be asked for the pin. Never rejects.
   */
  ownerOf(request: GatewayRequest, route: RouteMatch | undefined): RouteOwner | Promise<RouteOwner>;
  /** Told every answer to a request with a route, before the client gets it. */
  answered(route: RouteMatch, method: string, owner: RouteOwner, head: ResponseHead): void;
};

export type RoutingOptions = {
  switches: { route(question: RouteQuestion): RouteDecision };
  pins: UploadPins;
  library: LibrarySettings;
};

const FAMILIES = { v1: 'REGISTRY_V1', v2: 'REGISTRY_V2' } as const;

export function createRouting({ switches, pins, library }: RoutingOptions): Routing {
  const decide = (
    { method, target, rawHeaders }: GatewayRequest,
    route: RouteMatch | undefined,
  ): RouteOwner =>
    switches.route({
      family: familyOf(target, route),
      method,
      endpoint: route?.endpoint,
      repository: route === undefined ? undefined : repositoryOf(route.params, library),
      user: () => userOf(rawHeaders),
    }).owner;

  return {
    ownerOf(request, route) {
      const uploadId = uploadIdOf(route);
      if (uploadId === undefined) return decide(request, route);
      const pinned = pins.find(uploadId);
      if (pinned instanceof Promise) return pinned.then((owner) => owner ?? decide(request, route));
      return pinned ?? decide(request, route);
    },
    answered(route, method, owner, { status, rawHeaders }) {
      const upload = readUploadAnswer(route, method, status, (name) => headerValue(rawHeaders, name));
      if (upload === undefined) return;
      if (upload.open) pins.pin(upload.uploadId, owner);
      else pins.forget(upload.uploadId, owner);
    },
  };
}

function familyOf(target: string, route: RouteMatch | undefined): Family {
  if (route === undefined) return familyOfPath(decodePath(target));
  return route.family === 'api' ? 'API_V1' : FAMILIES[route.family];
}
