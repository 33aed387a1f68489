export { registryLabelValues } from '@quay-observability/registry-counting';
export type { NamedPull } from '@quay-observability/registry-counting';
export { registryMetrics } from './registry-metrics.ts';
export type { Middleware, RegistryMetricsOptions } from './registry-metrics.ts';
