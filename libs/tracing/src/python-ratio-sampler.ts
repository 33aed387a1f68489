import { SamplingDecision, type Sampler, type SamplingResult } from '@opentelemetry/sdk-trace';
import { isTraceKept, type RatioBound } from './trace-id-ratio.ts';

const KEEP: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/** A sampler for roots that decides as Python's `TraceIdRatioBased` does. Belongs under a parent-based one. */
export function createPythonRatioSampler(bound: RatioBound): Sampler {
  return {
    shouldSample: (_context, traceId) => (isTraceKept(bound, traceId) ? KEEP : DROP),
    toString: () => 'PythonTraceIdRatioBased',
  };
}
