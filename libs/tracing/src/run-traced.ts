import { isPromise } from 'node:util/types';
import type { Tracer } from '@opentelemetry/api';
import { recordFailure } from './record-failure.ts';

/** Runs `fn` in a span that ends with it, or with its native promise. Failures are recorded and go on. */
export function runTraced<R>(tracer: Tracer, name: string, fn: () => R): R {
  return tracer.startActiveSpan(name, (span) => {
    const fail = (error: unknown): never => {
      recordFailure(span, error);
      span.end();
      throw error;
    };
    let result: R;
    try {
      result = fn();
    } catch (error) {
      return fail(error);
    }
    if (isPromise(result)) {
      return result.then((value) => {
        span.end();
        return value;
      }, fail) as R;
    }
    span.end();
    return result;
  });
}
