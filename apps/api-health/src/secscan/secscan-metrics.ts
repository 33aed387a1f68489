import {
  SECSCAN_LAYER_OUTCOMES,
  SECSCAN_REFUSALS,
  SECSCAN_RESULT_OUTCOMES,
  UPSTREAM_FAILURES,
} from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';

/** The metrics that the gateway to Clair fills, bound once. */
export type SecscanMetrics = ReturnType<typeof bindSecscanMetrics>;

/** Own counters start at zero, so that a first error is an increase; those of Python have no series before their first event. */
export function bindSecscanMetrics(metrics: Metrics<'api-health'>) {
  const bound = {
    requestDuration: metrics.histogram('quay_secscan_request_duration_seconds'),
    layerSize: metrics.histogram('quay_secscan_index_layer_size_bytes'),
    resultDuration: metrics.histogram('quay_secscan_result_duration_seconds'),
    upstreamErrors: metrics.counter('quay_secscan_upstream_errors_total'),
    refusedTokens: metrics.counter('quay_secscan_refused_tokens_total'),
    layers: metrics.counter('quay_secscan_layers_total'),
    results: metrics.counter('quay_secscan_results_total'),
    queueLength: metrics.gauge('quay_secscan_lookup_queue_length'),
    lookupDuration: metrics.histogram('quay_secscan_lookup_duration_seconds'),
  };
  for (const reason of UPSTREAM_FAILURES) bound.upstreamErrors.inc({ reason }, 0);
  for (const reason of SECSCAN_REFUSALS) bound.refusedTokens.inc({ reason }, 0);
  for (const outcome of SECSCAN_LAYER_OUTCOMES) bound.layers.inc({ outcome }, 0);
  for (const outcome of SECSCAN_RESULT_OUTCOMES) bound.results.inc({ outcome }, 0);
  bound.queueLength.set({}, 0);
  return bound;
}
