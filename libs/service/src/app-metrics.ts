import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import { createMetrics, type Metrics } from '@quay-observability/metrics';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { AppDefinition, AppSettings } from './app-definition.ts';
import type { ServiceSettings } from './service-settings.ts';
import type { ProcessTracing } from './instrument.ts';
import { SWITCH_LABEL_VALUES } from './owner-switches/switch-metrics.ts';
import { VERSION } from './version.ts';

export type AppMetricsOptions<App extends AppName, Settings extends AppSettings> = {
  definition: AppDefinition<App, Settings>;
  config: QuayConfig;
  settings: ServiceSettings;
  log: Logger;
  tracing: ProcessTracing;
  beforeGathering?: () => Promise<void>;
};

/** The metrics of one process of an app, with what every process tells about itself. */
export function createAppMetrics<App extends AppName, Settings extends AppSettings>(
  options: AppMetricsOptions<App, Settings>,
): Metrics<App> {
  const { definition, config, settings, log, tracing, beforeGathering } = options;
  const { app } = definition;
  const metrics = createMetrics<App>({
    app,
    runtime: settings.runtimeLabel,
    openMetrics: settings.openMetrics,
    maxSeriesPerMetric: settings.maxSeries,
    known: { ...SWITCH_LABEL_VALUES, ...definition.knownLabelValues?.(config) },
    onCollectFailed: (metric, error) => log.warning('A metric could not be read.', { metric, error }),
    ...(beforeGathering === undefined ? {} : { beforeGathering }),
  });
  const shared = sharedOf(metrics);
  shared.gauge('quay_app_info').set({ app, version: VERSION }, 1);
  countSpans(shared, tracing, log);
  const droppedLines = shared.counter('quay_log_lines_dropped_total');
  log.onDropped((lines) => droppedLines.inc({}, lines));
  return metrics;
}

/** Narrowed to the metrics that every app has. */
export function sharedOf<App extends AppName>(metrics: Metrics<App>): Metrics<AppName> {
  return metrics;
}

function countSpans(metrics: Metrics<AppName>, tracing: ProcessTracing, log: Logger): void {
  const spans = metrics.counter('quay_tracing_spans_total');
  const tracingLog = log.child('tracing');
  tracing.observe({
    onProblem: (message, fields) => tracingLog.warning(message, fields),
    onRecovery: (message, fields) => tracingLog.info(message, fields),
    onExport: ({ reason, spans: count }) => spans.inc({ outcome: reason ?? 'exported' }, count),
  });
}
