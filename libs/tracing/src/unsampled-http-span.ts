import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import type { HttpSpan } from './http-span.ts';
import type { TraceContext } from './runtime.ts';
import { spanIdOf, traceIdOf, traceparentHeaders } from './traceparent.ts';

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** What every request without a sampled trace shares: it records nothing. */
abstract class UnsampledHttpSpan implements HttpSpan {
  readonly recording = false;
  abstract get context(): TraceContext;
  abstract get traceparentHeaders(): Readonly<Record<string, string>>;
  setRoute(): void {
    // Records nothing.
  }
  setStatus(): void {
    // Records nothing.
  }
  setAttribute(): void {
    // Records nothing.
  }
  recordError(): void {
    // Records nothing.
  }
  end(): void {
    // Records nothing.
  }
  run<T>(fn: () => T): T {
    return context.with(
      trace.setSpanContext(ROOT_CONTEXT, { ...this.context, traceFlags: TraceFlags.NONE }),
      fn,
    );
  }
}

/** The client has a trace that is not sampled; its header passes as it is. */
export class UnsampledChild extends UnsampledHttpSpan {
  private readonly traceparent: string;

  constructor(traceparent: string) {
    super();
    this.traceparent = traceparent;
  }

  get context(): TraceContext {
    return { traceId: traceIdOf(this.traceparent), spanId: spanIdOf(this.traceparent) };
  }

  get traceparentHeaders(): Readonly<Record<string, string>> {
    return NO_HEADERS;
  }
}

/** A trace that begins here and is not kept. Its id still goes upstream, so that all decide alike. */
export class UnsampledRoot extends UnsampledHttpSpan {
  private readonly traceId: string;
  private readonly spanId: string;
  private readonly orphaned: boolean;

  constructor(traceId: string, spanId: string, orphaned: boolean) {
    super();
    this.traceId = traceId;
    this.spanId = spanId;
    this.orphaned = orphaned;
  }

  get context(): TraceContext {
    return { traceId: this.traceId, spanId: this.spanId };
  }

  get traceparentHeaders(): Readonly<Record<string, string>> {
    return traceparentHeaders(this.traceId, this.spanId, false, this.orphaned);
  }
}
