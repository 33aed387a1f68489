import type { Exchange, ExchangeEnd, GatewayRequest, ResponseHead } from '@quay-observability/gateway';
import type { RouteMatch } from '@quay-observability/registry-routes';
import type { HttpSpan } from '@quay-observability/tracing';
import type { RegistryMetrics } from './metrics.ts';
import type { RegistryUpstream } from './registry-upstream.ts';
import { RequestRecorder, type RecorderObservers } from './request-recorder.ts';
import type { Routing } from './routing.ts';

/** A request as it arrived; who serves it is another question. */
export type Arrival = {
  readonly request: GatewayRequest;
  /** Undefined where Python would run no view: no rule of `/v1` or `/v2` matches path and method. */
  readonly route: RouteMatch | undefined;
  readonly span: HttpSpan;
  /** Counts the request of the public listener; called once, with the status sent. */
  readonly finished: (status: number | undefined) => void;
};

/** What an exchange reports to. */
export type ExchangeObservers = RecorderObservers & {
  readonly metrics: Pick<RegistryMetrics, 'upstreamErrors'>;
  /** Told what becomes of uploads; undefined where nothing is routed. */
  readonly routing: Pick<Routing, 'answered'> | undefined;
};

/**
 * One request to the runtime that owns it. Counted here only if that is the new one. What matches no timed rule,
 * and what the upstream never answered, is forwarded but not recorded: no view of Python would have run, or ended.
 */
export class RegistryExchange implements Exchange {
  readonly upstream: RegistryUpstream['connections'];
  readonly upstreamHeaders: Readonly<Record<string, string>>;
  readonly #arrival: Arrival;
  readonly #served: RegistryUpstream;
  readonly #observers: ExchangeObservers;
  readonly #recorder: RequestRecorder | undefined;

  constructor(arrival: Arrival, served: RegistryUpstream, observers: ExchangeObservers) {
    const { request, route, span } = arrival;
    this.upstream = served.connections;
    this.upstreamHeaders = span.traceparentHeaders;
    this.#arrival = arrival;
    this.#served = served;
    this.#observers = observers;
    this.#recorder =
      route === undefined || served.owner === 'python'
        ? undefined
        : new RequestRecorder({ request, route, span }, observers);
  }

  onResponseHead(head: ResponseHead): void {
    const { request, route, span } = this.#arrival;
    span.setStatus(head.status);
    this.#recorder?.answered(head);
    if (route !== undefined)
      this.#observers.routing?.answered(route, request.method, this.#served.owner, head);
  }

  onEnd(end: ExchangeEnd): void {
    const { request, span, finished } = this.#arrival;
    finished(end.status);
    this.#recorder?.ended(end);
    if (end.upstreamError !== undefined) {
      const { owner, errorLog } = this.#served;
      this.#observers.metrics.upstreamErrors.inc({ upstream: owner, reason: end.upstreamError.reason });
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
