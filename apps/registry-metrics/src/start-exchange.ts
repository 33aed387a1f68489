import type { GatewayRequest, StartExchange } from '@quay-observability/gateway';
import type { RouteOwner } from '@quay-observability/owner-switch';
import { matchRoute } from '@quay-observability/registry-routes';
import type { HttpSpan, HttpSpanStart } from '@quay-observability/tracing';
import { RegistryExchange, type Arrival, type ExchangeObservers } from './registry-exchange.ts';
import type { RegistryUpstream } from './registry-upstream.ts';
import type { Routing } from './routing.ts';

/** What every request is told to when it arrives. */
export type ArrivalObservers = {
  readonly startSpan: (start: HttpSpanStart) => HttpSpan;
  /** Counts the request of the public listener; the result is called with the status sent. */
  readonly requestArrived: (method: string) => Arrival['finished'];
};

export type StartExchangeOptions = {
  arrivals: ArrivalObservers;
  exchanges: ExchangeObservers;
  /** Where requests go that nothing routes elsewhere. */
  goUpstream: RegistryUpstream;
  /** Undefined if there is nothing but the new runtime. */
  toPython: { routing: Routing; upstream: RegistryUpstream } | undefined;
};

/** Names, times and traces a request as it arrives, and hands it to the runtime that owns it. */
export function createStartExchange(options: StartExchangeOptions): StartExchange {
  const { arrivals, exchanges, goUpstream, toPython } = options;
  if (toPython === undefined)
    return (request) => new RegistryExchange(arrive(request, arrivals), goUpstream, exchanges);
  const { routing, upstream: pythonUpstream } = toPython;
  return (request) => {
    const arrival = arrive(request, arrivals);
    const begin = (owner: RouteOwner): RegistryExchange =>
      new RegistryExchange(arrival, owner === 'go' ? goUpstream : pythonUpstream, exchanges);
    const owner = routing.ownerOf(request, arrival.route);
    return owner instanceof Promise ? owner.then(begin) : begin(owner);
  };
}

function arrive(request: GatewayRequest, { startSpan, requestArrived }: ArrivalObservers): Arrival {
  const { method, target, clientAddress } = request;
  const finished = requestArrived(method);
  const match = matchRoute(method, target);
  const route = match === undefined || 'methodNotAllowed' in match ? undefined : match;
  const span = startSpan({
    method,
    path: target,
    // Parsing the headers costs; only a recorded span needs them.
    get headers() {
      return request.headers;
    },
    get attributes() {
      return { 'client.address': clientAddress };
    },
  });
  if (route !== undefined) span.setRoute(route.endpoint);
  return { request, route, span, finished };
}
