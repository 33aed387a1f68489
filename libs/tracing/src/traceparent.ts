/** The header names and values of W3C Trace Context, as Node parses a request (names in lower case). */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

// Version ff and all-zero ids are invalid. A version after 00 may append fields; they are ignored.
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?=-|$)/;
const LENGTH_VERSION_00 = 55;
const FLAGS_LAST_DIGIT = 54;

/** Whether the header is a valid `traceparent`. */
export function isTraceparent(value: unknown): value is string {
  if (typeof value !== 'string' || !TRACEPARENT.test(value)) return false;
  return value.length === LENGTH_VERSION_00 || !value.startsWith('00');
}

/** Whether a valid `traceparent` has the flag "sampled": the lowest bit of its last digit. */
export function isSampledTraceparent(traceparent: string): boolean {
  const code = traceparent.charCodeAt(FLAGS_LAST_DIGIT);
  // '0' is even; 'a' is an odd code for an even digit.
  return (code < 58 ? code & 1 : (code & 1) ^ 1) === 1;
}

/** The trace id of a valid `traceparent`. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** The span id of a valid `traceparent`. */
export function spanIdOf(traceparent: string): string {
  return traceparent.slice(36, 52);
}

/**
 * The headers that hand a span on. A `tracestate` that came without a valid `traceparent` (`orphaned`)
 * belongs to no trace and must not pass: an empty one takes its place.
 */
export function traceparentHeaders(
  traceId: string,
  spanId: string,
  sampled: boolean,
  orphaned: boolean,
): Readonly<Record<string, string>> {
  const traceparent = `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
  return orphaned ? { traceparent, tracestate: '' } : { traceparent };
}
