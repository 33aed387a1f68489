import type { Registry } from 'prom-client';
import type { BoundValue } from './label-values.ts';
import { SeriesStore, type Labels, type Series } from './series-store.ts';

/** What a metric of this library is made from. */
export type StoredMetricOptions = {
  name: string;
  help: string;
  labelNames: readonly string[];
  bounds: readonly BoundValue[];
  maxSeries: number;
  onRefused: () => void;
  registry: Registry;
};

/** One sample as prom-client hands it out. */
export type Value = { labels: Labels; value: number; metricName?: string };

/** The store of a metric. */
export function storeOf<State>(options: StoredMetricOptions, createState: () => State): SeriesStore<State> {
  const { labelNames, bounds, maxSeries, onRefused } = options;
  return new SeriesStore({ labelNames, bounds, maxSeries, onRefused, createState });
}

/** What prom-client's constructors take. */
export function configOf({ name, help, labelNames, registry }: StoredMetricOptions) {
  return { name, help, labelNames: [...labelNames], registers: [registry] };
}

/** Label values by name, as prom-client hands them out. */
export function labelsOf(names: readonly string[], series: Series<unknown>): Labels {
  return Object.fromEntries(names.map((name, at) => [name, series.values[at] ?? '']));
}

/** The value itself; a TypeError that names the metric if it is NaN or infinite. */
export function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw new TypeError(`${name}: the value ${value} is not a finite number`);
  return value;
}
