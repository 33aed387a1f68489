import type { GatewayRequest } from '@quay-observability/gateway';
import type { MatchRoute, RouteMatch } from '@quay-observability/registry-routes';
import type { HttpSpan, HttpSpanStart } from '@quay-observability/tracing';
import { RequestSpanStart } from './request-span.ts';

/** A request as it arrived; who serves it is another question. */
export type Arrival = {
  readonly request: GatewayRequest;
  /** Undefined where Python would run no timed view: no rule matches path and method. */
  readonly route: RouteMatch | undefined;
  readonly span: HttpSpan;
  /** Counts the request of the public listener; called once, with the status sent. */
  readonly finished: (status: number | undefined) => void;
};

/** What names a request, and what is told that it has arrived. */
export type ArrivalObservers = {
  readonly matchRoute: MatchRoute;
  readonly startSpan: (start: HttpSpanStart) => HttpSpan;
  /** Counts the request of the public listener; the result is called with the status sent. */
  readonly requestArrived: (method: string) => Arrival['finished'];
};

/** Names, times and traces a request as it arrives. */
export function arrive(
  request: GatewayRequest,
  { matchRoute, startSpan, requestArrived }: ArrivalObservers,
): Arrival {
  const { method, target } = request;
  const finished = requestArrived(method);
  const match = matchRoute(method, target);
  const route = match === undefined || 'methodNotAllowed' in match ? undefined : match;
  const span = startSpan(new RequestSpanStart(request));
  if (route !== undefined) span.setRoute(route.endpoint);
  return { request, route, span, finished };
}
