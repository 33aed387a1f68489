import { EVERY_APP } from '../apps.ts';
import type { MetricDefinition } from '../metric-definition.ts';

/** Metrics of the reloaded configuration, named as Prometheus names its own. */
export const CONFIG_METRICS = {
  quay_config_reloads_total: {
    declared: 'quay_config_reloads_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Changed or requested readings of the configuration file since the start, by outcome.',
    known: { outcome: ['success', 'failure'] },
    apps: EVERY_APP,
    milestone: 'M2',
    origin: 'own',
    source: 'libs/service',
  },
  quay_config_last_reload_successful: {
    declared: 'quay_config_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: 'Whether the last reading of the configuration file succeeded: 0 while an older configuration stays in force.',
    acrossProcesses: 'min',
    apps: EVERY_APP,
    milestone: 'M2',
    origin: 'own',
    source: 'libs/service',
  },
  quay_config_last_reload_success_timestamp_seconds: {
    declared: 'quay_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'Unix time of the last successful reading of the configuration file, the one at the start included.',
    acrossProcesses: 'min',
    apps: EVERY_APP,
    milestone: 'M2',
    origin: 'own',
    source: 'libs/service',
  },
} as const satisfies Record<string, MetricDefinition>;
