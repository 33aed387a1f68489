import { serialise } from './serialise.ts';
import { scrubText } from './scrub-text.ts';

/** A text without the secrets that can be told by their shape or by the key before them. */
export function redactText(text: string): string {
  return scrubText(text);
}

/**
 * A copy of a value as a log line would show it: secrets redacted, what JSON cannot hold as a string.
 * The value itself is not changed. A string is scrubbed of credentials, `undefined` stays.
 */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (value === undefined) return undefined;
  return JSON.parse(serialise(value)) as unknown;
}
