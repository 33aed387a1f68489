import {
  headerValue,
  type Exchange,
  type ExchangeEnd,
  type GatewayRequest,
  type ResponseHead,
  type Upstream,
} from '@quay-observability/gateway';
import {
  matchRoute,
  namespaceLabel,
  requestNamespace,
  type RouteMatch,
} from '@quay-observability/registry-routes';
import type { HttpSpan, HttpSpanStart } from '@quay-observability/tracing';
import type { BlobSizes, BlobSizeSource } from './blob-sizes.ts';
import { countPull } from './count-pull.ts';
import { countPush } from './count-push.ts';
import { knownBlobSize, measureBlob } from './measure-blob.ts';
import type { RegistryMetrics } from './metrics.ts';

/** What an exchange reports to. */
export type ExchangeObservers = {
  readonly metrics: RegistryMetrics;
  /** Namespace -> label value, of `TRACKED_NAMESPACES`. */
  readonly namespaceBuckets: ReadonlyMap<string, string>;
  readonly blobSizes: BlobSizes;
  /** Where to look for the size of a blob that the answer does not tell. */
  readonly blobSizeSources: (
    digest: string,
    request: GatewayRequest,
    traceHeaders: Readonly<Record<string, string>>,
  ) => readonly BlobSizeSource[];
  readonly startSpan: (start: HttpSpanStart) => HttpSpan;
  /** Counts the request of the public listener; the result is called with the status sent. */
  readonly requestArrived: (method: string) => (status: number | undefined) => void;
  readonly upstreamFailed: (request: GatewayRequest, end: ExchangeEnd) => void;
};

/**
 * One request to the registry, as Python would have counted it. What matches no timed rule, and what the
 * upstream never answered, is forwarded but not recorded: no view of Python would have run, or ended.
 */
export class RegistryExchange implements Exchange {
  readonly upstream: Upstream;
  readonly upstreamHeaders: Readonly<Record<string, string>>;
  readonly #request: GatewayRequest;
  readonly #observers: ExchangeObservers;
  readonly #route: RouteMatch | undefined;
  readonly #span: HttpSpan;
  readonly #finished: (status: number | undefined) => void;
  /** The size is known only when the whole body has been sent. */
  #measuresSent = false;

  constructor(request: GatewayRequest, upstream: Upstream, observers: ExchangeObservers) {
    this.upstream = upstream;
    this.#request = request;
    this.#observers = observers;
    this.#finished = observers.requestArrived(request.method);
    const match = matchRoute(request.method, request.target);
    this.#route = match === undefined || 'methodNotAllowed' in match ? undefined : match;
    this.#span = observers.startSpan({
      method: request.method,
      path: request.target,
      // Parsing the headers costs; only a recorded span needs them.
      get headers() {
        return request.headers;
      },
      get attributes() {
        return { 'client.address': request.clientAddress };
      },
    });
    if (this.#route !== undefined) this.#span.setRoute(this.#route.endpoint);
    this.upstreamHeaders = this.#span.traceparentHeaders;
  }

  onResponseHead(head: ResponseHead): void {
    this.#span.setStatus(head.status);
    if (this.#route === undefined) return;
    const { method, target, rawHeaders } = this.#request;
    const { metrics, namespaceBuckets } = this.#observers;
    const { endpoint, params, path } = this.#route;
    const labels = {
      method,
      route: endpoint,
      status: String(head.status),
      namespace_name: namespaceLabel(requestNamespace(params, target, path), namespaceBuckets),
    };
    metrics.requestDuration.observe(labels, head.elapsedMs / 1000);
    const pull = countPull(endpoint, method, head.status);
    if (pull !== undefined) metrics.pulls.inc(pull);
    if (method === 'PUT') {
      const push = countPush(endpoint, method, head.status, headerValue(rawHeaders, 'content-type'));
      if (push !== undefined) metrics.pushes.inc(push);
    }
    this.#measure(this.#route, head);
  }

  onEnd(end: ExchangeEnd): void {
    this.#finished(end.status);
    if (this.#measuresSent && this.#route !== undefined) {
      if (end.aborted || end.upstreamError !== undefined) this.#lookUp(this.#route);
      else this.#count(this.#route, end.bytesToClient);
    }
    if (end.upstreamError !== undefined) {
      this.#observers.metrics.upstreamErrors.inc({ reason: end.upstreamError.reason });
      // Its log line carries the ids of the span.
      this.#span.run(() => {
        this.#observers.upstreamFailed(this.#request, end);
      });
      this.#span.recordError(end.upstreamError.cause);
      if (end.status !== undefined) this.#span.setStatus(end.status);
    }
    if (end.aborted) this.#span.setAttribute('quay.client.aborted', true);
    this.#span.end();
  }

  #measure(route: RouteMatch, { status, rawHeaders }: ResponseHead): void {
    const header = (name: string): string | undefined => headerValue(rawHeaders, name);
    const measure = measureBlob(route.endpoint, this.#request.method, status, header);
    if (measure.kind === 'size') this.#count(route, measure.sizeBytes);
    else if (measure.kind === 'sent') this.#measuresSent = true;
    else if (measure.kind === 'look-up') this.#lookUp(route);
    const known = knownBlobSize(route.endpoint, status, header);
    if (known !== undefined) this.#remember(route, known);
  }

  #count(route: RouteMatch, sizeBytes: number): void {
    this.#observers.metrics.pulledBytes.inc({ protocol: route.family }, sizeBytes);
    this.#remember(route, sizeBytes);
  }

  #remember({ params }: RouteMatch, sizeBytes: number): void {
    if (params.digest !== undefined) this.#observers.blobSizes.remember(params.digest, sizeBytes);
  }

  #lookUp(route: RouteMatch): void {
    const { metrics, blobSizes, blobSizeSources } = this.#observers;
    const protocol = route.family;
    const { digest } = route.params;
    // A layer of v1 has no digest to look up.
    if (digest === undefined) {
      metrics.unknownSizes.inc({ protocol });
      return;
    }
    const sources = (): readonly BlobSizeSource[] =>
      blobSizeSources(digest, this.#request, this.upstreamHeaders);
    // The look-up outlives the request, but its spans and log lines belong to it.
    void this.#span.run(() => blobSizes.find(digest, sources)).then(countFound(metrics, protocol));
  }
}

/** Apart, so that a look-up that waits does not keep the whole request. */
function countFound(
  { unknownSizes, pulledBytes }: RegistryMetrics,
  protocol: RouteMatch['family'],
): (sizeBytes: number | undefined) => void {
  return (sizeBytes) => {
    if (sizeBytes === undefined) unknownSizes.inc({ protocol });
    else pulledBytes.inc({ protocol }, sizeBytes);
  };
}
