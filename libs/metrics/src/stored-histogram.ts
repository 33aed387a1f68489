import { Histogram } from 'prom-client';
import type { Labels, Series, SeriesStore } from './series-store.ts';
import {
  configOf,
  finite,
  labelsOf,
  metricObject,
  resetStore,
  storeOf,
  type StoredMetricOptions,
  type Value,
} from './stored-metric.ts';

/** Counts per bucket (not cumulative; the last one is +Inf's) and the sum of a histogram's observations. */
export type HistogramState = { buckets: Float64Array; sum: number };

/** prom-client's histogram over a store of our own. */
export class StoredHistogram extends Histogram {
  readonly store: SeriesStore<HistogramState>;
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: readonly number[];
  readonly #options: StoredMetricOptions;

  constructor(options: StoredMetricOptions & { buckets: readonly number[] }) {
    super({ ...configOf(options), buckets: [...options.buckets] });
    this.#options = options;
    this.bounds = options.buckets;
    this.store = storeOf(options, () => ({ buckets: new Float64Array(options.buckets.length + 1), sum: 0 }));
    this.reset();
    // prom-client installs its own method on the instance, which would hide one of the class.
    this.observe = (labels: unknown, value?: number) => {
      if (typeof labels === 'number') this.record({}, labels);
      else this.record(labels as Labels, value!);
    };
  }

  /** Records one observation. */
  record(labels: Labels, value: number): void {
    if (!Number.isFinite(value)) finite(value, this.#options.name);
    const series = this.store.get(labels);
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at += 1;
    const { state } = series;
    state.buckets[at]! += 1;
    state.sum += value;
    series.rendered = undefined;
  }

  override reset(): void {
    // prom-client's constructor calls this before the store exists.
    if ((this.store as unknown) !== undefined) resetStore(this.store, this.#options);
  }

  override remove(...labels: (string | Labels)[]): void {
    this.store.remove(labels[0] as Labels);
  }

  override labels(...given: (string | Labels)[]): Histogram.Internal<string> {
    const labels =
      typeof given[0] === 'object'
        ? given[0]
        : Object.fromEntries(this.#options.labelNames.map((name, at) => [name, given[at] as string]));
    return {
      observe: (value) => this.record(labels, value),
      startTimer: () => this.startTimer(labels),
    };
  }

  override get(): ReturnType<Histogram['get']> {
    const { labelNames } = this.#options;
    const values = this.store.all.flatMap((series) => this.#valuesOf(series, labelsOf(labelNames, series)));
    return metricObject(this.#options, 'histogram', values);
  }

  /** What prom-client's registry asks a histogram for instead of `get`. */
  getForPromString(): ReturnType<Histogram['get']> {
    return this.get();
  }

  #valuesOf(series: Series<HistogramState>, labels: Labels): Value[] {
    const { name } = this.#options;
    let count = 0;
    const values: Value[] = [...series.state.buckets].map((inBucket, at) => {
      count += inBucket;
      return {
        labels: { ...labels, le: this.bounds[at] ?? '+Inf' },
        value: count,
        metricName: `${name}_bucket`,
      };
    });
    values.push({ labels, value: series.state.sum, metricName: `${name}_sum` });
    values.push({ labels, value: count, metricName: `${name}_count` });
    return values;
  }
}
