import { Counter } from 'prom-client';
import type { Labels, SeriesStore } from './series-store.ts';
import {
  configOf,
  finite,
  metricObject,
  numberValues,
  resetStore,
  storeOf,
  type StoredMetricOptions,
} from './stored-metric.ts';

/** The number of a counter or a gauge. */
export type NumberState = { value: number };

/**
 * prom-client's counter over a store of our own: prom-client keeps the interface and the registry,
 * while look-ups cost tens of nanoseconds and a scrape can read the series one by one.
 */
export class StoredCounter extends Counter {
  readonly store: SeriesStore<NumberState>;
  readonly #options: StoredMetricOptions;

  constructor(options: StoredMetricOptions) {
    super(configOf(options));
    this.#options = options;
    this.store = storeOf(options, () => ({ value: 0 }));
    this.reset();
    // prom-client installs its own method on the instance, which would hide one of the class.
    this.inc = (labels?: unknown, value?: number) => {
      if (typeof labels === 'number') this.add({}, labels);
      else this.add((labels as Labels | undefined) ?? {}, value ?? 1);
    };
  }

  /** Adds `amount` >= 0 to the series of these labels. */
  add(labels: Labels, amount: number): void {
    if (finite(amount, this.#options.name) < 0)
      throw new RangeError(`${this.#options.name}: a counter cannot decrease`);
    const series = this.store.get(labels);
    series.state.value += amount;
    series.rendered = undefined;
  }

  override reset(): void {
    // prom-client's constructor calls this before the store exists.
    if ((this.store as unknown) !== undefined) resetStore(this.store, this.#options);
  }

  override remove(...labels: (string | Labels)[]): void {
    this.store.remove(labels[0] as Labels);
  }

  override get(): ReturnType<Counter['get']> {
    return metricObject(this.#options, 'counter', numberValues(this.#options.labelNames, this.store));
  }
}
