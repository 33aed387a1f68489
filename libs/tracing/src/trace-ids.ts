import { randomFillSync } from 'node:crypto';
import type { IdGenerator } from '@opentelemetry/sdk-trace';

// Random bytes are drawn, and turned into hexadecimal, for many requests at once: one by one it would
// be the dearest part of a request that is not sampled.
const IDS_BYTES = 24;
const POOL_BYTES = IDS_BYTES * 256;
const pool = Buffer.alloc(POOL_BYTES);
let digits = '';
let next = POOL_BYTES;

/** The start of 24 random bytes: 16 of a trace id, then 8 of a span id. Valid until the next call. */
export function drawIds(): number {
  if (next === POOL_BYTES) {
    randomFillSync(pool);
    digits = pool.toString('hex');
    next = 0;
  }
  const start = next;
  next += IDS_BYTES;
  return start;
}

/** The bits 63..32 of the trace id drawn. */
export function lowTraceIdHighWord(start: number): number {
  return pool.readUInt32BE(start + 8);
}

/** The bits 31..0 of the trace id drawn. */
export function lowTraceIdLowWord(start: number): number {
  return pool.readUInt32BE(start + 12);
}

/** The trace id drawn, 32 hexadecimal digits. */
export function drawnTraceId(start: number): string {
  return digits.slice(start * 2, start * 2 + 32);
}

/** The span id drawn, 16 hexadecimal digits. */
export function drawnSpanId(start: number): string {
  return digits.slice(start * 2 + 32, start * 2 + 48);
}

/** Ids for the SDK, which can be told the id of the next trace: the gateway decides before the SDK is asked. */
export type TraceIdSource = IdGenerator & { useForNextTrace(traceId: string): void };

/** An id generator on the shared pool. */
export function createTraceIdSource(): TraceIdSource {
  let decided: string | undefined;
  return {
    useForNextTrace(traceId) {
      decided = traceId;
    },
    generateTraceId() {
      const traceId = decided ?? drawnTraceId(drawIds());
      decided = undefined;
      return traceId;
    },
    generateSpanId: () => drawnSpanId(drawIds()),
  };
}
