import {
  context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
} from '@opentelemetry/semantic-conventions';
import type { UrlExclusion } from './excluded-urls.ts';
import { UNTRACED, type AttributeValue, type HttpSpan, type HttpSpanStart } from './http-span.ts';
import { recordFailure } from './record-failure.ts';
import type { TraceContext } from './runtime.ts';
import { spanPath } from './span-path.ts';
import {
  drawIds,
  drawnSpanId,
  drawnTraceId,
  lowTraceIdHighWord,
  lowTraceIdLowWord,
  type TraceIdSource,
} from './trace-ids.ts';
import { isBelow, type RatioBound } from './trace-id-ratio.ts';
import {
  isSampledTraceparent,
  isTraceparent,
  spanIdOf,
  traceIdOf,
  traceparentHeaders,
  type IncomingHeaders,
} from './traceparent.ts';
import { UnsampledChild, UnsampledRoot } from './unsampled-http-span.ts';

const HOST = /^(.+?)(?::(\d+))?$/;
const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'QUERY',
]);

/**
 * Starts server spans. The sampling decision comes first, so that the many requests that are not kept
 * pay neither for the expressions of excluded URLs nor for a span of the SDK.
 */
export function createHttpSpanStarter(parts: {
  tracer: Tracer;
  ids: TraceIdSource;
  bound: RatioBound;
  isExcluded: UrlExclusion;
}): (start: HttpSpanStart) => HttpSpan {
  const { tracer, ids, bound, isExcluded } = parts;
  return (start) => {
    const { traceparent } = start.headers;
    if (isTraceparent(traceparent)) {
      if (!isSampledTraceparent(traceparent)) return new UnsampledChild(traceparent);
      if (isExcluded?.(urlOf(start)) === true) return UNTRACED;
      return record(tracer, start, remoteContext(traceparent, start.headers.tracestate), false);
    }
    const orphaned = start.headers.tracestate !== undefined;
    const drawn = drawIds();
    if (!isBelow(bound, lowTraceIdHighWord(drawn), lowTraceIdLowWord(drawn))) {
      return new UnsampledRoot(drawnTraceId(drawn), drawnSpanId(drawn), orphaned);
    }
    if (isExcluded?.(urlOf(start)) === true) return UNTRACED;
    ids.useForNextTrace(drawnTraceId(drawn));
    return record(tracer, start, ROOT_CONTEXT, orphaned);
  };
}

function record(tracer: Tracer, start: HttpSpanStart, parent: Context, orphaned: boolean): HttpSpan {
  const method = METHODS.has(start.method) ? start.method : 'HTTP';
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes: attributesOf(start) }, parent);
  // OTEL_SDK_DISABLED leaves a tracer that makes invalid spans.
  return isSpanContextValid(span.spanContext())
    ? new RecordedHttpSpan(span, method, parent, orphaned)
    : UNTRACED;
}

class RecordedHttpSpan implements HttpSpan {
  readonly recording = true;
  readonly context: TraceContext;
  readonly traceparentHeaders: Readonly<Record<string, string>>;
  private readonly span: Span;
  private readonly method: string;
  private readonly parent: Context;
  private ended = false;

  constructor(span: Span, method: string, parent: Context, orphaned: boolean) {
    this.span = span;
    this.method = method;
    this.parent = parent;
    const { traceId, spanId } = span.spanContext();
    this.context = { traceId, spanId };
    this.traceparentHeaders = traceparentHeaders(traceId, spanId, true, orphaned);
  }

  setRoute(route: string): void {
    this.span.setAttribute(ATTR_HTTP_ROUTE, route);
    this.span.updateName(`${this.method} ${route}`);
  }

  setStatus(statusCode: number): void {
    this.span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
    if (statusCode < 500) return;
    this.span.setAttribute(ATTR_ERROR_TYPE, String(statusCode));
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  setAttribute(name: string, value: AttributeValue): void {
    this.span.setAttribute(name, value);
  }

  recordError(error: unknown): void {
    recordFailure(this.span, error);
  }

  run<T>(fn: () => T): T {
    return context.with(trace.setSpan(this.parent, this.span), fn);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.span.end();
  }
}

function remoteContext(traceparent: string, tracestate: IncomingHeaders[string]): Context {
  const traceId = traceIdOf(traceparent);
  const parent = { traceId, spanId: spanIdOf(traceparent), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  if (tracestate === undefined) return trace.setSpanContext(ROOT_CONTEXT, parent);
  const text = typeof tracestate === 'string' ? tracestate : tracestate.join(',');
  return trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceState: createTraceState(text) });
}

function urlOf(start: HttpSpanStart): string {
  return `${start.scheme ?? 'http'}://${hostOf(start.headers)}${start.path}`;
}

function hostOf(headers: IncomingHeaders): string {
  return typeof headers.host === 'string' ? headers.host : '';
}

function attributesOf(start: HttpSpanStart): Attributes {
  const { headers, method, path, scheme = 'http' } = start;
  const attributes: Attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: METHODS.has(method) ? method : '_OTHER',
    [ATTR_URL_SCHEME]: scheme,
    [ATTR_URL_PATH]: spanPath(path),
  };
  if (!METHODS.has(method)) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = method;
  const [, address, port] = HOST.exec(hostOf(headers)) ?? [];
  if (address !== undefined) attributes[ATTR_SERVER_ADDRESS] = address;
  if (port !== undefined) attributes[ATTR_SERVER_PORT] = Number(port);
  if (typeof headers['user-agent'] === 'string') attributes[ATTR_USER_AGENT_ORIGINAL] = headers['user-agent'];
  return Object.assign(attributes, start.attributes);
}
