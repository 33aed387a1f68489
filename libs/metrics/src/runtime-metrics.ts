import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { MetricFamily } from './metric-family.ts';
import type { Format } from './render-series.ts';
import type { Series } from './series-store.ts';
import { formatLabels, formatOpenMetricsBound, formatTextBound, formatValue } from './text-format.ts';

/** Gauges that prom-client names `_total`, which promtool refuses; `nodejs_active_resources` tells the same. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** One sample as prom-client has it. */
export type PromValue = { value: number; labels: Record<string, string | number>; metricName?: string };

/** What becomes of the samples of this process before they are exposed. */
export type MergeRuntime = (name: string, own: readonly PromValue[]) => readonly PromValue[];

/**
 * Process and Node.js metrics as prom-client collects them. They stay in prom-client's own metrics,
 * which are few and small; this makes them readable for the exposition.
 */
export function runtimeMetricFamilies(
  registry: Registry,
  fixed: string,
  merge: MergeRuntime,
): MetricFamily[] {
  const before = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry
    .getMetricsAsArray()
    .filter(({ name }) => !before.has(name))
    .map((metric) => familyOf(metric as unknown as PromMetric, fixed, merge));
}

type PromMetric = {
  name: string;
  help: string;
  type: MetricFamily['type'];
  get: () => Promise<{ values: PromValue[] }>;
};

function familyOf(metric: PromMetric, fixed: string, merge: MergeRuntime): MetricFamily {
  let current: Series<PromValue>[] = [];
  const render = (format: Format) => (series: Series<never>) =>
    renderValue(metric.name, series.state, fixed, format);
  return {
    name: metric.name,
    help: metric.help,
    type: metric.type,
    collect: async () => {
      const { values } = await metric.get();
      current = merge(metric.name, values).map((state) => ({ values: [], state, rendered: undefined }));
    },
    series: () => current,
    render: { text: render('text'), openmetrics: render('openmetrics') },
  };
}

function renderValue(
  name: string,
  { value, labels, metricName }: PromValue,
  fixed: string,
  format: Format,
): string {
  const printBound = format === 'text' ? formatTextBound : formatOpenMetricsBound;
  const names = Object.keys(labels);
  const values = names.map((label) => {
    const given = labels[label] ?? '';
    return label === 'le' && typeof given === 'number' ? printBound(given) : String(given);
  });
  const own = formatLabels(names, values);
  return `${metricName ?? name}{${own === '' ? fixed : `${own},${fixed}`}} ${formatValue(value)}\n`;
}
