import type {
  Exchange,
  ExchangeEnd,
  GatewayRequest,
  ResponseHead,
  Upstream,
} from '@quay-observability/gateway';
import type { HttpSpan } from '@quay-observability/tracing';
import type { CallRecorder } from './call-recorder.ts';

/** A call as it arrived. */
export type Arrival = {
  readonly request: GatewayRequest;
  readonly span: HttpSpan;
  /** Counts the request of the listener; called once, with the status sent. */
  readonly finished: (status: number | undefined) => void;
  /** Told of a failure of Clair. */
  readonly failed: (request: GatewayRequest, end: ExchangeEnd) => void;
};

/** One call, to Clair or to what refuses it in its place. */
export class SecscanExchange implements Exchange {
  readonly upstream: Upstream;
  readonly upstreamHeaders: Readonly<Record<string, string>>;
  readonly onRequestBody?: (piece: Buffer) => void;
  readonly onResponseBody?: (piece: Buffer) => void;
  readonly #arrival: Arrival;
  readonly #recorder: CallRecorder | undefined;

  /** Without a recorder nothing is counted: what Python owns, Python counts. */
  constructor(
    arrival: Arrival,
    upstream: Upstream,
    headers: Readonly<Record<string, string>>,
    recorder: CallRecorder | undefined,
  ) {
    this.#arrival = arrival;
    this.upstream = upstream;
    this.#recorder = recorder;
    const readsAnswer = recorder?.readsAnswer === true;
    this.upstreamHeaders = {
      ...arrival.span.traceparentHeaders,
      ...headers,
      ...(readsAnswer ? { 'accept-encoding': 'identity' } : {}),
    };
    if (!readsAnswer) return;
    this.onRequestBody = (piece) => {
      recorder.requestBody(piece);
    };
    this.onResponseBody = (piece) => {
      recorder.answerBody(piece);
    };
  }

  onResponseHead(head: ResponseHead): void {
    this.#arrival.span.setStatus(head.status);
    this.#recorder?.answered(head);
  }

  onEnd(end: ExchangeEnd): void {
    const { request, span, finished, failed } = this.#arrival;
    finished(end.status);
    // What it still looks up belongs to the trace of the call.
    span.run(() => {
      this.#recorder?.ended(end);
    });
    if (end.upstreamError !== undefined) {
      span.run(() => {
        failed(request, end);
      });
      span.recordError(end.upstreamError.cause);
      if (end.status !== undefined) span.setStatus(end.status);
    }
    if (end.aborted) span.setAttribute('quay.client.aborted', true);
    span.end();
  }
}
