import type { Exchange, ExchangeEnd, GatewayRequest, ResponseHead } from '@quay-observability/gateway';
import type { BoundCounter } from '@quay-observability/metrics';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { RouteMatch } from '@quay-observability/registry-routes';
import type { HttpSpan } from '@quay-observability/tracing';
import type { Arrival } from './arrival.ts';
import type { OwnerUpstream } from './owner-upstream.ts';

/** A request that matches a rule, with its span. */
export type RoutedRequest = {
  readonly request: GatewayRequest;
  readonly route: RouteMatch;
  readonly span: HttpSpan;
};

/** Counts one request. */
export type RequestCounter = {
  answered(head: ResponseHead): void;
  ended?(end: ExchangeEnd): void;
};

/** What an exchange reports to. */
export type ExchangeObservers = {
  readonly upstreamErrors: BoundCounter<'quay_gateway_upstream_errors_total'>;
  /** Asked for requests only that match a rule and that the new runtime serves: what Python serves, Python counts. */
  readonly counterOf: (request: RoutedRequest) => RequestCounter;
  /** Told every answer to a request with a route, before the client gets it. */
  readonly answered?:
    ((route: RouteMatch, method: string, owner: RouteOwner, head: ResponseHead) => void) | undefined;
};

/**
 * One request to the runtime that owns it. Counted here only if that is the new one. What matches no timed rule,
 * and what the upstream never answered, is forwarded but not counted: no view of Python would have run, or ended.
 */
export class OwnerExchange implements Exchange {
  readonly upstream: OwnerUpstream['connections'];
  readonly upstreamHeaders: Readonly<Record<string, string>>;
  readonly #arrival: Arrival;
  readonly #served: OwnerUpstream;
  readonly #observers: ExchangeObservers;
  readonly #counter: RequestCounter | undefined;

  constructor(arrival: Arrival, served: OwnerUpstream, observers: ExchangeObservers) {
    const { request, route, span } = arrival;
    this.upstream = served.connections;
    this.upstreamHeaders = span.traceparentHeaders;
    this.#arrival = arrival;
    this.#served = served;
    this.#observers = observers;
    this.#counter =
      route === undefined || served.owner === 'python'
        ? undefined
        : observers.counterOf({ request, route, span });
  }

  onResponseHead(head: ResponseHead): void {
    const { request, route, span } = this.#arrival;
    span.setStatus(head.status);
    this.#counter?.answered(head);
    if (route !== undefined) this.#observers.answered?.(route, request.method, this.#served.owner, head);
  }

  onEnd(end: ExchangeEnd): void {
    const { request, span, finished } = this.#arrival;
    finished(end.status);
    this.#counter?.ended?.(end);
    if (end.upstreamError !== undefined) {
      const { owner, errorLog } = this.#served;
      this.#observers.upstreamErrors.inc({ upstream: owner, reason: end.upstreamError.reason });
      // Its log line carries the ids of the span.
      span.run(() => {
        errorLog.failed(request, end);
      });
      span.recordError(end.upstreamError.cause);
      if (end.status !== undefined) span.setStatus(end.status);
    }
    if (end.aborted) span.setAttribute('quay.client.aborted', true);
    span.end();
  }
}
