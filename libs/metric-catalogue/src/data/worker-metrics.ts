import type { MetricDefinition } from '../metric-definition.ts';

/** Metrics of this project alone about the work of the worker apps. */
export const WORKER_METRICS = {
  quay_globalstats_last_success_timestamp_seconds: {
    declared: 'quay_globalstats_last_success_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'Unix time of the count that the row gauges show. Absent where they are: in a process that does not report.',
    absentUntilSet: true,
    apps: ['globalstats-worker'],
    milestone: 'M4',
    origin: 'own',
    source: 'apps/globalstats-worker',
  },
  quay_globalstats_runs_total: {
    declared: 'quay_globalstats_runs_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Counts of the global statistics: reported, failed, or cancelled because the work was stopped or its lock lost.',
    known: { outcome: ['reported', 'failed', 'cancelled'] },
    apps: ['globalstats-worker'],
    milestone: 'M4',
    origin: 'own',
    source: 'apps/globalstats-worker',
  },
} as const satisfies Record<string, MetricDefinition>;
