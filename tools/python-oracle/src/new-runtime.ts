import {
  CATALOGUE,
  metricNamesOf,
  type AppName,
  type MetricDefinition,
} from '@quay-observability/metric-catalogue';
import { createMetrics, type Metrics } from '@quay-observability/metrics';
import type { Step } from './workload.ts';

/** The binding as steps use it: names checked when it runs, since they come as data. */
type BoundByName = {
  counter(name: string): { inc(labels: Step['labels'], value: number): void };
  gauge(name: string): { set(labels: Step['labels'], value: number): void };
  histogram(name: string): { observe(labels: Step['labels'], value: number): void };
};

/** The metrics of an app of the new runtime, after it did the steps. Throws if the app does not own a metric. */
export function metricsAfter(
  app: AppName,
  steps: readonly Step[],
  options: { runtimeMetrics?: boolean; openMetrics?: boolean } = {},
): Metrics {
  const metrics = createMetrics({ app, runtimeMetrics: false, ...options });
  const byName = metrics as unknown as BoundByName;
  for (const { metric, action, labels, value } of steps) {
    if (action === 'inc') byName.counter(metric).inc(labels, value);
    else if (action === 'set') byName.gauge(metric).set(labels, value);
    else byName.histogram(metric).observe(labels, value);
  }
  return metrics;
}

/** One observation of every metric of an app, since a metric without samples shows neither labels nor buckets. */
export function oneOfEach(app: AppName): Step[] {
  const actions = { counter: 'inc', gauge: 'set', histogram: 'observe' } as const;
  return metricNamesOf(app).map((metric) => {
    const definition: MetricDefinition = CATALOGUE[metric];
    const labels = Object.fromEntries(definition.labels.map((label) => [label, 'other']));
    return { metric, action: actions[definition.type], labels, value: 1 };
  });
}
