import type { IncomingHeaders } from './traceparent.ts';
import { activeRuntime, type TraceContext } from './runtime.ts';

/** A value that a span attribute can have. */
export type AttributeValue = string | number | boolean | readonly string[];

/** What is known of a request when it arrives. */
export type HttpSpanStart = {
  readonly method: string;
  /** The request target as it was received, with or without its query; the query is never exported. */
  readonly path: string;
  /** As Node parsed them; `traceparent`, `tracestate`, `host` and `user-agent` are read. */
  readonly headers: IncomingHeaders;
  /** `http` unless told. */
  readonly scheme?: 'http' | 'https';
  /** Further attributes, e.g. `client.address`. Read only if the span is recorded. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
};

/**
 * The server span of one request. What records nothing costs next to nothing; check
 * {@link HttpSpan.recording} before computing what only a recorded span needs.
 */
export type HttpSpan = {
  readonly recording: boolean;
  /**
   * Headers to send upstream *over* those of the client. Empty if the client's own are to pass as they
   * are: tracing is off, the URL is excluded, or the client's trace is not sampled.
   */
  readonly traceparentHeaders: Readonly<Record<string, string>>;
  /** The ids of the span, e.g. for a log line; undefined if there is no trace. */
  readonly context: TraceContext | undefined;
  /** The route's template, which also names the span: `http.route`. */
  setRoute(route: string): void;
  /** The HTTP status answered; from 500 on the span is marked as failed. */
  setStatus(statusCode: number): void;
  setAttribute(name: string, value: AttributeValue): void;
  /** Records the exception and marks the span as failed. */
  recordError(error: unknown): void;
  /** Runs `fn` with this span active: spans started in it, and its log lines, belong to it. */
  run<T>(fn: () => T): T;
  /** Ends the span; anything after the first call is ignored. */
  end(): void;
};

const nothing = (): void => undefined;

/** Shared by every request that is not traced at all; lets the client's headers pass. */
export const UNTRACED: HttpSpan = Object.freeze({
  recording: false,
  traceparentHeaders: Object.freeze({}),
  context: undefined,
  setRoute: nothing,
  setStatus: nothing,
  setAttribute: nothing,
  recordError: nothing,
  run: <T>(fn: () => T): T => fn(),
  end: nothing,
});

/** Starts the server span of a request, on a path that is too hot for auto-instrumentation. */
export function startHttpSpan(start: HttpSpanStart): HttpSpan {
  const runtime = activeRuntime();
  return runtime === undefined ? UNTRACED : runtime.startHttpSpan(start);
}
