import { Gauge } from 'prom-client';
import type { Labels, SeriesStore } from './series-store.ts';
import type { NumberState } from './stored-counter.ts';
import {
  configOf,
  finite,
  metricObject,
  numberValues,
  resetStore,
  storeOf,
  type StoredMetricOptions,
} from './stored-metric.ts';

/** prom-client's gauge over a store of our own. */
export class StoredGauge extends Gauge {
  readonly store: SeriesStore<NumberState>;
  readonly #options: StoredMetricOptions & { absentUntilSet: boolean };

  constructor(options: StoredMetricOptions & { absentUntilSet: boolean }) {
    super(configOf(options));
    this.#options = options;
    this.store = storeOf(options, () => ({ value: 0 }));
    this.reset();
  }

  /** Sets the series of these labels. */
  put(labels: Labels, value: number): void {
    const series = this.store.get(labels);
    series.state.value = value;
    series.rendered = undefined;
  }

  /** Adds `amount`, which may be negative. */
  add(labels: Labels, amount: number): void {
    const series = this.store.get(labels);
    series.state.value += finite(amount, this.#options.name);
    series.rendered = undefined;
  }

  override set(...given: [number] | [Labels, number]): void {
    if (given.length === 1) this.put({}, given[0]);
    else this.put(given[0], given[1]);
  }

  override inc(labels: Labels | number = {}, value = 1): void {
    if (typeof labels === 'number') this.add({}, labels);
    else this.add(labels, value);
  }

  override dec(labels: Labels | number = {}, value = 1): void {
    if (typeof labels === 'number') this.add({}, -labels);
    else this.add(labels, -value);
  }

  override reset(): void {
    // prom-client's constructor calls this before the store exists.
    if ((this.store as unknown) !== undefined)
      resetStore(this.store, this.#options, this.#options.absentUntilSet);
  }

  override remove(...labels: (string | Labels)[]): void {
    this.store.remove(labels[0] as Labels);
  }

  override get(): ReturnType<Gauge['get']> {
    return metricObject(this.#options, 'gauge', numberValues(this.#options.labelNames, this.store));
  }
}
