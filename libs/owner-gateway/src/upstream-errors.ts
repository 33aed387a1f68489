import type { BoundCounter, Metrics } from '@quay-observability/metrics';
import type { OwnerUpstream } from './owner-upstream.ts';

const REASONS = ['connect', 'timeout', 'reset', 'protocol'] as const;

/** The counter of failed upstreams, from zero for those that requests can be sent to: a first error is an increase. */
export function bindUpstreamErrors(
  metrics: Pick<Metrics<'registry-metrics' | 'api-health'>, 'counter'>,
  upstreams: readonly Pick<OwnerUpstream, 'owner'>[],
): BoundCounter<'quay_gateway_upstream_errors_total'> {
  const errors = metrics.counter('quay_gateway_upstream_errors_total');
  for (const { owner } of upstreams) for (const reason of REASONS) errors.inc({ upstream: owner, reason }, 0);
  return errors;
}
