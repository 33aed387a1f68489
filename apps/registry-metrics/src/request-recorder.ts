import {
  headerValue,
  type ExchangeEnd,
  type GatewayRequest,
  type ResponseHead,
} from '@quay-observability/gateway';
import {
  countPull,
  countPush,
  knownBlobSize,
  measureBlob,
  type Pull,
} from '@quay-observability/registry-counting';
import { namespaceLabel, requestNamespace, type RouteMatch } from '@quay-observability/registry-routes';
import type { HttpSpan } from '@quay-observability/tracing';
import type { BlobSizes, BlobSizeSource } from './blob-sizes.ts';
import type { RegistryMetrics } from './metrics.ts';
import { namePull, type TrackPull } from './name-pull.ts';
import type { LibrarySettings } from './request-repository.ts';

/** What a recorder reports to. */
export type RecorderObservers = {
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
  /** Where pulls are tracked; undefined where they are not. */
  readonly pullTracking: { readonly track: TrackPull; readonly library: LibrarySettings } | undefined;
};

/** A request that matches a rule of `/v1` or `/v2`, with its span. */
export type RecordedRequest = {
  readonly request: GatewayRequest;
  readonly route: RouteMatch;
  readonly span: HttpSpan;
};

/**
 * Counts one request as Python would have counted it (contract sections 2 and 3). Made only for requests that
 * the new runtime serves: what Python serves, Python counts.
 */
export class RequestRecorder {
  readonly #request: GatewayRequest;
  readonly #route: RouteMatch;
  readonly #span: HttpSpan;
  readonly #observers: RecorderObservers;
  /** The size is known only when the whole body has been sent. */
  #measuresSent = false;

  constructor({ request, route, span }: RecordedRequest, observers: RecorderObservers) {
    this.#request = request;
    this.#route = route;
    this.#span = span;
    this.#observers = observers;
  }

  answered(head: ResponseHead): void {
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
    if (pull !== undefined) this.#countPull(pull, head);
    if (method === 'PUT') {
      const push = countPush(endpoint, method, head.status, headerValue(rawHeaders, 'content-type'));
      if (push !== undefined) metrics.pushes.inc(push);
    }
    this.#measure(head);
  }

  ended(end: ExchangeEnd): void {
    if (!this.#measuresSent) return;
    if (end.aborted || end.upstreamError !== undefined) this.#lookUp();
    else this.#count(end.bytesToClient);
  }

  #countPull(pull: Pull, { rawHeaders }: ResponseHead): void {
    const { metrics, pullTracking } = this.#observers;
    metrics.pulls.inc(pull);
    if (pullTracking === undefined) return;
    const { track, library } = pullTracking;
    const digest = headerValue(rawHeaders, 'docker-content-digest');
    const named = namePull(pull, this.#route, digest, library, Date.now());
    if (named !== undefined) track(named);
  }

  #measure({ status, rawHeaders }: ResponseHead): void {
    const { endpoint } = this.#route;
    const header = (name: string): string | undefined => headerValue(rawHeaders, name);
    const measure = measureBlob(endpoint, this.#request.method, status, header);
    if (measure.kind === 'size') this.#count(measure.sizeBytes);
    else if (measure.kind === 'sent') this.#measuresSent = true;
    else if (measure.kind === 'look-up') this.#lookUp();
    const known = knownBlobSize(endpoint, status, header);
    if (known !== undefined) this.#remember(known);
  }

  #count(sizeBytes: number): void {
    this.#observers.metrics.pulledBytes.inc({ protocol: this.#route.family }, sizeBytes);
    this.#remember(sizeBytes);
  }

  #remember(sizeBytes: number): void {
    const { digest } = this.#route.params;
    if (digest !== undefined) this.#observers.blobSizes.remember(digest, sizeBytes);
  }

  #lookUp(): void {
    const { metrics, blobSizes, blobSizeSources } = this.#observers;
    const protocol = this.#route.family;
    const { digest } = this.#route.params;
    // A layer of v1 has no digest to look up.
    if (digest === undefined) {
      metrics.unknownSizes.inc({ protocol });
      return;
    }
    const sources = (): readonly BlobSizeSource[] =>
      blobSizeSources(digest, this.#request, this.#span.traceparentHeaders);
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
