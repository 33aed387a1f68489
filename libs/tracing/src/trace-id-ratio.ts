/**
 * The sampling decision of Python's `TraceIdRatioBased`, bit for bit: a trace is kept if the low 64 bits
 * of its id are below `round(rate * 2^64)`. Both runtimes must keep the *same* traces, else a request
 * that passes both is almost never seen whole (contract section 12).
 *
 * 64 bits do not fit a number, so bound and id are pairs of 32-bit halves; no BigInt per decision.
 */
export type RatioBound = {
  /** The upper half; 2^32 for rate 1, which no id reaches. */
  readonly high: number;
  readonly low: number;
};

const TWO_TO_32 = 2 ** 32;
const TWO_TO_64 = 2 ** 64;

/** The bound for a rate of 0..1. */
export function ratioBound(rate: number): RatioBound {
  // Scaling by a power of two is exact, and so are the two halves of what it gives.
  const bound = roundHalfToEven(rate * TWO_TO_64);
  const high = Math.floor(bound / TWO_TO_32);
  return { high, low: bound - high * TWO_TO_32 };
}

/** Python rounds a half to the even neighbour, `Math.round` rounds it up. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Whether a trace is kept whose id ends in these two 32-bit numbers. */
export function isBelow(bound: RatioBound, high: number, low: number): boolean {
  return high < bound.high || (high === bound.high && low < bound.low);
}

/** Whether the trace with this id (32 hexadecimal digits) is kept. */
export function isTraceKept(bound: RatioBound, traceId: string): boolean {
  const high = hexWord(traceId, 16);
  if (high !== bound.high) return high < bound.high;
  return hexWord(traceId, 24) < bound.low;
}

/** Eight hexadecimal digits as a number, without cutting a string out. */
function hexWord(text: string, start: number): number {
  let word = 0;
  for (let index = start; index < start + 8; index++) {
    const code = text.charCodeAt(index);
    word = (word << 4) | (code < 58 ? code - 48 : code < 71 ? code - 55 : code - 87);
  }
  return word >>> 0;
}
