import { activeRuntime, type TraceContext } from './runtime.ts';

/**
 * Wraps a function so that each call is a span, in the place of Python's `@traced()`. An exception, or
 * the rejection of a native promise, is recorded, sets the error status and *goes on*: Python's
 * decorator swallows it. `this`, arguments and result are untouched; with tracing off it only calls `fn`.
 *
 * The span ends when `fn` returns or its native promise settles. Other thenables (a query builder, which
 * would start its query if it were awaited) end it at once: wrap an async function around them.
 */
export function traced<This, Args extends unknown[], Result>(
  name: string,
  fn: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result {
  return function (...args) {
    const runtime = activeRuntime();
    if (runtime === undefined) return fn.apply(this, args);
    return runtime.runTraced(name, () => fn.apply(this, args));
  };
}

/** The ids of the span that is active here, for log lines; undefined if there is none or tracing is off. */
export function activeTraceContext(): TraceContext | undefined {
  return activeRuntime()?.activeTraceContext();
}
