import {
  booleanSetting,
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  type SettingsOf,
} from '@quay-observability/quay-config';

/** Settings that every app has, by environment variable. `adminPort` is the app's own default. */
export function serviceSettings(adminPort: number) {
  return {
    adminHost: stringSetting('ADMIN_HOST', {
      help: 'Address of the admin listener (/metrics, /livez, /readyz, /startupz).',
      default: '127.0.0.1',
    }),
    adminPort: portSetting('ADMIN_PORT', {
      help: 'Port of the admin listener; 0 picks a free one.',
      default: adminPort,
    }),
    shutdownGraceSeconds: durationSecondsSetting('SHUTDOWN_GRACE_SECONDS', {
      help: 'Time from SIGTERM to the end, the delay below included; keep it below the grace period of the platform.',
      default: 25,
      max: 3600,
    }),
    shutdownDelaySeconds: durationSecondsSetting('SHUTDOWN_DELAY_SECONDS', {
      help: 'After SIGTERM the app is unready but serves for so long, until load balancers have noticed; at most half of the grace period. The container image sets 5.',
      default: 0,
      max: 600,
    }),
    configReloadSeconds: durationSecondsSetting('CONFIG_RELOAD_SECONDS', {
      help: 'How often it is looked whether the configuration file has changed; 0 only looks when asked by SIGHUP.',
      default: 5,
      max: 3600,
    }),
    healthCheckSeconds: durationSecondsSetting('HEALTH_CHECK_SECONDS', {
      help: 'How often the checks of `/livez` and `/readyz` run without a probe.',
      default: 5,
      min: 1,
      max: 3600,
    }),
    healthFailureThreshold: integerSetting('HEALTH_FAILURE_THRESHOLD', {
      help: 'How many times in a row a check fails, at most once a second, before it counts as failed; one that has never passed fails at once.',
      default: 1,
      min: 1,
      max: 100,
    }),
    healthLoopLagSeconds: durationSecondsSetting('HEALTH_LOOP_LAG_SECONDS', {
      help: '`/livez` fails while the event loop is later than this.',
      default: 5,
      min: 0.1,
      max: 600,
    }),
    runtimeLabel: stringSetting('METRICS_RUNTIME_LABEL', {
      help: 'Value of the label `runtime` on every sample of this app.',
      default: 'go',
    }),
    openMetrics: booleanSetting('METRICS_OPENMETRICS', {
      help: 'Serve OpenMetrics to scrapers that ask for it. Off, because its `le="1.0"` splits histograms under Prometheus 2.x.',
      default: false,
    }),
    maxSeries: integerSetting('METRICS_MAX_SERIES', {
      help: 'Most series per metric; further label values count as `other`.',
      default: 20_000,
      min: 1,
      max: 1_000_000,
    }),
  };
}

export type ServiceSettings = SettingsOf<ReturnType<typeof serviceSettings>>;
