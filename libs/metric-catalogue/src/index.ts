export { APPS_WITH_DATABASE, APPS_WITH_HTTP_WORKERS, EVERY_APP, WORKER_APPS } from './apps.ts';
export type { AppName, AppWithHttpWorkers, WorkerApp } from './apps.ts';
export { FAST_SECONDS_BUCKETS, SECONDS_BUCKETS, SECSCAN_RESULT_BUCKETS, WORKER_BUCKETS } from './buckets.ts';
export { CATALOGUE, metricNamesOf } from './catalogue.ts';
export type { LabelsOf, MetricName, MetricNameOf, MetricNameOfType } from './catalogue.ts';
export { PYTHON_ONLY_METRICS } from './data/python-only-metrics.ts';
export {
  CLAIM_SOURCES,
  DECISION_SOURCES,
  DOCKER_SCHEMA1_MEDIA_TYPE,
  FALLBACK_REASONS,
  FLUSHED_KEY_OUTCOMES,
  GC_QUEUES,
  GC_TABLES,
  HTTP_METHODS,
  JOB_OUTCOMES,
  JOB_QUEUES,
  JOB_STATES,
  MANIFEST_MEDIA_TYPES,
  NOTIFICATION_ACTIONS,
  NOTIFICATION_OUTCOMES,
  OTHER,
  POSTPONE_REASONS,
  PROTOCOLS,
  PULL_OUTCOMES,
  ROUTING_REASONS,
  SECSCAN_ACTIONS,
  SECSCAN_LAYER_OUTCOMES,
  SECSCAN_REFUSALS,
  SECSCAN_RESULT_OUTCOMES,
  UPSTREAM_FAILURES,
  WORKER_OPERATIONS,
  WORKERS,
} from './known-values.ts';
export type { AcrossProcesses, KnownValues, MetricDefinition } from './metric-definition.ts';
