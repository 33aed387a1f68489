import { headerValue } from '@quay-observability/gateway';
import {
  createDecideOwner,
  type DecideOwnerOptions,
  type ExchangeObservers,
  type OwnerOf,
} from '@quay-observability/owner-gateway';
import { readUploadAnswer, uploadIdOf } from './upload-answer.ts';
import type { UploadPins } from './upload-pins.ts';

/** Who serves which request. */
export type Routing = {
  /**
   * By the switches, which count the decision; an upload under way by its pin, which is no decision and counted
   * as a pin. A promise only if Redis has to be asked for the pin. Never rejects.
   */
  ownerOf: OwnerOf;
  /** Told every answer to a request with a route, before the client gets it. */
  answered: NonNullable<ExchangeObservers['answered']>;
};

export type RoutingOptions = DecideOwnerOptions & { pins: UploadPins };

export function createRouting({ pins, ...options }: RoutingOptions): Routing {
  const decide = createDecideOwner(options);
  return {
    ownerOf: (request, route) => {
      const uploadId = uploadIdOf(route);
      if (uploadId === undefined) return decide(request, route);
      const pinned = pins.find(uploadId);
      if (pinned instanceof Promise) return pinned.then((owner) => owner ?? decide(request, route));
      return pinned ?? decide(request, route);
    },
    answered: (route, method, owner, { status, rawHeaders }) => {
      const upload = readUploadAnswer(route, method, status, (name) => headerValue(rawHeaders, name));
      if (upload === undefined) return;
      if (upload.open) pins.pin(upload.uploadId, owner);
      else pins.forget(upload.uploadId, owner);
    },
  };
}
