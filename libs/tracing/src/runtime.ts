import type { HttpSpan, HttpSpanStart } from './http-span.ts';

/** The ids of a span, in hexadecimal. */
export type TraceContext = { readonly traceId: string; readonly spanId: string };

/** What the SDK provides while tracing is on. Kept behind this type, so that nothing is loaded while it is off. */
export type TracingRuntime = {
  startHttpSpan(start: HttpSpanStart): HttpSpan;
  activeTraceContext(): TraceContext | undefined;
  runTraced<R>(name: string, fn: () => R): R;
};

// One per process: OpenTelemetry's own registry is as global.
let active: TracingRuntime | undefined;

/** Undefined while tracing is off. */
export function activeRuntime(): TracingRuntime | undefined {
  return active;
}

/** Turns tracing on or, with undefined, off. */
export function setActiveRuntime(runtime: TracingRuntime | undefined): void {
  active = runtime;
}
