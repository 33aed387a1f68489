export { createMetrics, DEFAULT_RUNTIME } from './create-metrics.ts';
export type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  Exposition,
  Metrics,
  MetricsOptions,
} from './create-metrics.ts';
export type {
  MetricsExport,
  MetricSource,
  RuntimeSamples,
  SeriesChanges,
} from './processes/metric-changes.ts';
