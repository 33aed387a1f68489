import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Takes secrets out of a text. */
export type ScrubText = (text: string) => string;

const EXCEPTION_TEXTS = ['exception.message', 'exception.stacktrace'];
const UNREADABLE = '[the text could not be scrubbed]';

/**
 * Scrubs what an ended span tells of failures, whoever recorded them: texts of exceptions are written by
 * drivers and libraries, and hold URLs with passwords, headers and settings.
 */
export function scrubSpan({ status, events }: ReadableSpan, scrub: ScrubText): void {
  if (status.message !== undefined) status.message = scrubSafely(scrub, status.message);
  for (const { attributes } of events) if (attributes !== undefined) scrubException(attributes, scrub);
}

function scrubException(attributes: Attributes, scrub: ScrubText): void {
  for (const name of EXCEPTION_TEXTS) {
    const text = attributes[name];
    if (typeof text === 'string') attributes[name] = scrubSafely(scrub, text);
  }
}

/** A fault of the hook must neither reach the traced code nor let the text out. */
function scrubSafely(scrub: ScrubText, text: string): string {
  try {
    return scrub(text);
  } catch {
    return UNREADABLE;
  }
}
