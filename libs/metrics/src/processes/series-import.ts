import { CATALOGUE, type MetricDefinition, type MetricName } from '@quay-observability/metric-catalogue';
import type { Series } from '../series-store.ts';
import { StoredCounter, type NumberState } from '../stored-counter.ts';
import { StoredHistogram, type HistogramState } from '../stored-histogram.ts';
import { createGaugeMerge, type GaugeMerge } from './gauge-merge.ts';
import type { SeriesChanges } from './metric-changes.ts';
import type { AnyStored } from './series-export.ts';

/** A series of another process, and where it is counted here. */
type Imported = {
  /** How many numbers it takes. */
  readonly width: number;
  /** Takes its totals, which begin at `at`. */
  take(values: Float64Array, at: number): void;
  /** It is no more, or (`ended`) its process is not. */
  drop(ended: boolean): void;
};

/** The series of one process. */
type SeriesSource = { apply(changes: SeriesChanges): void; end(): void };

/**
 * Adds up the series of other processes in the metrics of this one. Of a counter or histogram only what has come on
 * top is added, so that the total never falls, whoever ends. The limit of series is that of any
 * observation; label values have been bounded where they were observed.
 */
export function createSeriesImport(all: ReadonlyMap<MetricName, AnyStored>): () => SeriesSource {
  const gauges = new Map<MetricName, GaugeMerge>();
  const imported = (name: MetricName, labelValues: readonly string[]): Imported => {
    const metric = all.get(name);
    if (metric instanceof StoredCounter) return importCounter(metric.store.adopt(labelValues));
    if (metric instanceof StoredHistogram) return importHistogram(metric.store.adopt(labelValues));
    if (metric === undefined) throw new TypeError(`${name} is no metric of this process`);
    const { acrossProcesses = 'sum' }: MetricDefinition = CATALOGUE[name];
    let merge = gauges.get(name);
    if (merge === undefined) gauges.set(name, (merge = createGaugeMerge(metric, acrossProcesses)));
    return merge.add(labelValues);
  };
  return () => {
    const series = new Map<number, Imported>();
    let next = 0;
    return {
      apply: ({ added, removed, changed, values }) => {
        for (const [name, labelValues] of added) series.set(next++, imported(name, labelValues));
        let at = 0;
        for (const number of changed) {
          const one = series.get(number);
          if (one === undefined) throw new RangeError(`series ${number} was never told of`);
          one.take(values, at);
          at += one.width;
        }
        for (const number of removed) {
          series.get(number)?.drop(false);
          series.delete(number);
        }
      },
      end: () => {
        for (const one of series.values()) one.drop(true);
        series.clear();
      },
    };
  };
}

function importCounter(series: Series<NumberState>): Imported {
  let last = 0;
  return {
    width: 1,
    take: (values, at) => {
      const value = values[at]!;
      if (value === last) return;
      series.state.value += value - last;
      last = value;
      series.rendered = undefined;
    },
    drop: () => undefined,
  };
}

function importHistogram(series: Series<HistogramState>): Imported {
  const { buckets } = series.state;
  const last = new Float64Array(buckets.length + 1);
  return {
    width: last.length,
    take: (values, at) => {
      for (let bucket = 0; bucket < buckets.length; bucket += 1)
        buckets[bucket]! += values[at + bucket]! - last[bucket]!;
      series.state.sum += values[at + buckets.length]! - last[buckets.length]!;
      last.set(values.subarray(at, at + last.length));
      series.rendered = undefined;
    },
    drop: () => undefined,
  };
}
