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
  const { name, labelNames, bounds, maxSeries, onRefused } = options;
  return new SeriesStore({ name, labelNames, bounds, maxSeries, onRefused, createState });
}

/** What prom-client's constructors take. */
export function configOf({ name, help, labelNames, registry }: StoredMetricOptions) {
  return { name, help, labelNames: [...labelNames], registers: [registry] };
}

/** Empties a store; a metric without labels then starts at zero, unless it is to be absent until set. */
export function resetStore(store: SeriesStore<unknown>, options: StoredMetricOptions, absent = false) {
  store.clear();
  if (options.labelNames.length === 0 && !absent) store.get({});
}

/** What prom-client's registry gets from a metric. prom-client types `type` as a number, and has it a string. */
export function metricObject<Described>(
  { name, help }: StoredMetricOptions,
  type: 'counter' | 'gauge' | 'histogram',
  values: readonly Value[],
): Promise<Described> {
  return Promise.resolve({ name, help, type, values, aggregator: 'sum' } as Described);
}

/** The samples of a counter or gauge. */
export function numberValues(names: readonly string[], store: SeriesStore<{ value: number }>): Value[] {
  return store.all.map((series) => ({ labels: labelsOf(names, series), value: series.state.value }));
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
