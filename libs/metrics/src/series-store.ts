import { OTHER } from '@quay-observability/metric-catalogue';
import type { BoundValue } from './label-values.ts';

/** Label values by label name, as prom-client takes them. */
export type Labels = Partial<Record<string, string | number>>;

/** What a store keeps per combination of label values. `rendered` is its text exposition, until it changes. */
export type Series<State> = {
  readonly values: readonly string[];
  readonly state: State;
  rendered: Buffer | undefined;
};

export type SeriesStoreOptions<State> = {
  /** The metric, for error messages. */
  name: string;
  labelNames: readonly string[];
  bounds: readonly BoundValue[];
  /** Most combinations of label values; what comes after is counted with every value `other`. */
  maxSeries: number;
  createState: () => State;
  onRefused: () => void;
};

type Node = Map<string, unknown>;

/**
 * The series of one metric, found by walking one map per label: no key is built, and values seen
 * before need no bounding, which is what makes an observation cheap.
 *
 * Only bounded values enter the maps, so that what clients send cannot make them grow.
 */
export class SeriesStore<State> {
  readonly #options: SeriesStoreOptions<State>;
  readonly #all: Series<State>[] = [];
  #root: Node = new Map();
  #unlabelled: Series<State> | undefined;

  constructor(options: SeriesStoreOptions<State>) {
    this.#options = options;
  }

  /** The series in the order in which they appeared. */
  get all(): readonly Series<State>[] {
    return this.#all;
  }

  /** The series of these labels, made if it is new. Missing or surplus labels throw a TypeError. */
  get(labels: Labels): Series<State> {
    const { labelNames } = this.#options;
    if (Object.keys(labels).length > labelNames.length) this.#refuseSurplus(labels);
    if (labelNames.length === 0) return (this.#unlabelled ??= this.#create([]));
    let node: unknown = this.#root;
    for (const name of labelNames) {
      const value = labels[name];
      node = typeof value === 'string' ? (node as Node).get(value) : undefined;
      if (node === undefined) return this.#add(labels);
    }
    return node as Series<State>;
  }

  /** Drops the series of these labels, if there is one. */
  remove(labels: Labels): void {
    this.drop(this.#boundValues(labels));
  }

  /** Drops the series of these label values, if there is one. */
  drop(values: readonly string[]): void {
    const found = this.#all.findIndex((series) => series.values.every((value, at) => value === values[at]));
    if (found < 0) return;
    this.#all.splice(found, 1);
    this.reindex();
  }

  /**
   * To be called when the bounds have changed. Series whose values are out of bounds now stay among `all`, but are not
   * found any more; those that are within them again are.
   */
  reindex(): void {
    const { bounds } = this.#options;
    const kept = [...this.#all];
    this.clear();
    for (const series of kept) {
      if (series.values.every((value, at) => bounds[at]!(value) === value)) this.#insert(series);
      else this.#all.push(series);
    }
  }

  clear(): void {
    this.#all.length = 0;
    this.#root = new Map();
    this.#unlabelled = undefined;
  }

  /** The series of these label values, in the order of the labels, which another process has bounded. */
  adopt(values: readonly string[]): Series<State> {
    return values.length === 0 ? this.get({}) : this.#admit(values);
  }

  #add(labels: Labels): Series<State> {
    return this.#admit(this.#boundValues(labels));
  }

  #admit(values: readonly string[]): Series<State> {
    const existing = this.#find(values);
    if (existing !== undefined) return existing;
    if (this.#all.length < this.#options.maxSeries) return this.#create(values);
    this.#options.onRefused();
    const overflow = values.map(() => OTHER);
    return this.#find(overflow) ?? this.#create(overflow);
  }

  #boundValues(labels: Labels): string[] {
    const { name: metric, labelNames, bounds } = this.#options;
    if (Object.keys(labels).some((name) => !labelNames.includes(name))) this.#refuseSurplus(labels);
    return labelNames.map((name, at) => {
      const value = labels[name];
      if (value === undefined)
        throw new TypeError(`${metric}: label "${name}" is missing; ${this.#expected()}`);
      return bounds[at]!(String(value));
    });
  }

  #refuseSurplus(labels: Labels): never {
    const { name: metric, labelNames } = this.#options;
    const surplus = Object.keys(labels).find((name) => !labelNames.includes(name));
    throw new TypeError(`${metric}: unknown label "${surplus}"; ${this.#expected()}`);
  }

  #expected(): string {
    const { labelNames } = this.#options;
    return labelNames.length === 0 ? 'it has no labels' : `labels are ${labelNames.join(', ')}`;
  }

  #find(values: readonly string[]): Series<State> | undefined {
    let node: unknown = this.#root;
    for (const value of values) {
      node = (node as Node).get(value);
      if (node === undefined) return undefined;
    }
    return node as Series<State>;
  }

  #create(values: readonly string[]): Series<State> {
    return this.#insert({ values, state: this.#options.createState(), rendered: undefined });
  }

  #insert(series: Series<State>): Series<State> {
    let node = this.#root;
    const { values } = series;
    for (const value of values.slice(0, -1)) {
      let next = node.get(value) as Node | undefined;
      if (next === undefined) node.set(value, (next = new Map()));
      node = next;
    }
    const last = values.at(-1);
    if (last === undefined) this.#unlabelled = series;
    else node.set(last, series);
    this.#all.push(series);
    return series;
  }
}
