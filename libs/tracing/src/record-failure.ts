import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';

/** Records an exception on a span and marks the span as failed. */
export function recordFailure(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception);
  const { code } = exception as { code?: unknown };
  span.setAttribute(ATTR_ERROR_TYPE, typeof code === 'string' ? code : exception.name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}
