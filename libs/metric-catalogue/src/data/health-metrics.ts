import { EVERY_APP } from '../apps.ts';
import { SECONDS_BUCKETS } from '../buckets.ts';
import type { MetricDefinition } from '../metric-definition.ts';

/** What the probes of every app answer from; the names of checks come from the code only. */
export const HEALTH_METRICS = {
  quay_health_check_up: {
    declared: 'quay_health_check_up',
    type: 'gauge',
    labels: ['check'],
    help: "Verdict of a health check: 1 good, 0 bad. Services of Quay's own health endpoints are called `quay/<service>`.",
    acrossProcesses: 'min',
    apps: EVERY_APP,
    milestone: 'M3',
    origin: 'own',
    source: 'libs/health',
  },
  quay_health_check_duration_seconds: {
    declared: 'quay_health_check_duration_seconds',
    type: 'histogram',
    labels: ['check'],
    help: 'Seconds that a run of a health check took, time-outs included.',
    buckets: SECONDS_BUCKETS,
    apps: EVERY_APP,
    milestone: 'M3',
    origin: 'own',
    source: 'libs/health',
  },
} as const satisfies Record<string, MetricDefinition>;
