import { OTHER, PROTOCOLS, type LabelsOf } from '@quay-observability/metric-catalogue';
import { OTHER_NAMESPACE, QUAY_ROUTES, type RouteFamily } from '@quay-observability/registry-routes';

type CounterName =
  | 'quay_registry_image_pulls_total'
  | 'quay_registry_image_pushes_total'
  | 'quay_registry_image_pulled_estimated_bytes_total'
  | 'quay_gateway_unknown_blob_sizes_total';

type Counter<Name extends CounterName> = { inc(labels: LabelsOf<Name>, amount?: number): void };

type Histogram<Name extends 'quay_request_duration_seconds'> = {
  /** In seconds. */
  observe(labels: LabelsOf<Name>, value: number): void;
};

/** Where the counters come from: the metrics of `registry-metrics` in the catalogue, or their like. */
export type CounterSource = {
  counter<Name extends CounterName>(name: Name): Counter<Name>;
  histogram<Name extends 'quay_request_duration_seconds'>(name: Name): Histogram<Name>;
};

/** What one request to a registry is counted in. */
export type RegistryCounters = {
  readonly requestDuration: Histogram<'quay_request_duration_seconds'>;
  readonly pulls: Counter<'quay_registry_image_pulls_total'>;
  readonly pushes: Counter<'quay_registry_image_pushes_total'>;
  readonly pulledBytes: Counter<'quay_registry_image_pulled_estimated_bytes_total'>;
  readonly unknownSizes: Counter<'quay_gateway_unknown_blob_sizes_total'>;
};

/**
 * Binds the counters. Those of the contract are without a series before their first event, as in Python
 * (section 1); ours starts at zero, so that a first unknown size is an increase.
 */
export function bindRegistryCounters(source: CounterSource): RegistryCounters {
  const unknownSizes = source.counter('quay_gateway_unknown_blob_sizes_total');
  for (const protocol of PROTOCOLS) unknownSizes.inc({ protocol }, 0);
  return {
    requestDuration: source.histogram('quay_request_duration_seconds'),
    pulls: source.counter('quay_registry_image_pulls_total'),
    pushes: source.counter('quay_registry_image_pushes_total'),
    pulledBytes: source.counter('quay_registry_image_pulled_estimated_bytes_total'),
    unknownSizes,
  };
}

/**
 * Label values that the routes and the configuration decide; others count as `other`. `buckets` is namespace ->
 * label value, of `TRACKED_NAMESPACES`.
 */
export function registryLabelValues(
  buckets: ReadonlyMap<string, string> = new Map(),
  families: readonly RouteFamily[] = ['v1', 'v2'],
) {
  const routes = QUAY_ROUTES.filter(({ family }) => families.includes(family));
  return {
    quay_request_duration_seconds: {
      route: [...new Set(routes.map(({ endpoint }) => endpoint))],
      namespace_name: [...new Set([OTHER_NAMESPACE, OTHER, ...buckets.values()])],
    },
  };
}
