import {
  headerValue,
  type ExchangeEnd,
  type GatewayRequest,
  type ResponseHead,
} from '@quay-observability/gateway';
import type { RequestCounter, RoutedRequest } from '@quay-observability/owner-gateway';
import {
  namePull,
  recordAnswer,
  recordSent,
  type CountedRequest,
  type Recording,
  type TrackPull,
} from '@quay-observability/registry-counting';
import type { LibrarySettings, RouteMatch } from '@quay-observability/registry-routes';
import type { HttpSpan } from '@quay-observability/tracing';
import type { BlobSizes, BlobSizeSource } from './blob-sizes.ts';

/** What a recorder reports to. */
export type RecorderObservers = {
  readonly recording: Recording;
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

/**
 * Counts one request of the gateway that matches a rule of `/v1` or `/v2`. Made only for
 * requests that the new runtime serves: what Python serves, Python counts.
 */
export class RequestRecorder implements CountedRequest, RequestCounter {
  readonly route: RouteMatch;
  readonly #request: GatewayRequest;
  readonly #span: HttpSpan;
  readonly #observers: RecorderObservers;
  #countsSent = false;

  constructor({ request, route, span }: RoutedRequest, observers: RecorderObservers) {
    this.route = route;
    this.#request = request;
    this.#span = span;
    this.#observers = observers;
  }

  get method(): string {
    return this.#request.method;
  }

  get target(): string {
    return this.#request.target;
  }

  answered({ status, elapsedMs, rawHeaders }: ResponseHead): void {
    const header = (name: string): string | undefined => headerValue(rawHeaders, name);
    this.#countsSent = recordAnswer(this, { status, elapsedMs, header }, this.#observers.recording);
    const { pullTracking } = this.#observers;
    if (pullTracking !== undefined) {
      const pull = namePull({ method: this.method, route: this.route, status, header }, pullTracking.library);
      if (pull !== undefined) pullTracking.track(pull);
    }
  }

  ended(end: ExchangeEnd): void {
    if (!this.#countsSent) return;
    const whole = !end.aborted && end.upstreamError === undefined;
    recordSent(this, { whole, sentBytes: end.bytesToClient }, this.#observers.recording);
  }

  contentType(): string | undefined {
    return headerValue(this.#request.rawHeaders, 'content-type');
  }

  rememberBlobSize(digest: string, sizeBytes: number): void {
    this.#observers.blobSizes.remember(digest, sizeBytes);
  }

  findBlobSize(digest: string): Promise<number | undefined> {
    const { blobSizes, blobSizeSources } = this.#observers;
    const sources = (): readonly BlobSizeSource[] =>
      blobSizeSources(digest, this.#request, this.#span.traceparentHeaders);
    // The look-up outlives the request, but its spans and log lines belong to it.
    return this.#span.run(() => blobSizes.find(digest, sources));
  }
}
