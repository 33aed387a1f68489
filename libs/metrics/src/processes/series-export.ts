import type { MetricName } from '@quay-observability/metric-catalogue';
import { CATALOGUE, type MetricDefinition } from '@quay-observability/metric-catalogue';
import type { Series } from '../series-store.ts';
import type { StoredCounter } from '../stored-counter.ts';
import type { StoredGauge } from '../stored-gauge.ts';
import { StoredHistogram } from '../stored-histogram.ts';
import type { MetricsExport, SeriesChanges } from './metric-changes.ts';

/** A metric over a store of ours. */
export type AnyStored = StoredCounter | StoredGauge | StoredHistogram;

/**
 * Stands where the rendered text of a series is kept, until the series changes: a process that exports renders
 * nothing, and observations stay as cheap as they are.
 */
const TAKEN = Buffer.alloc(0);

type Exported = {
  readonly name: MetricName;
  readonly series: () => readonly Series<unknown>[];
  readonly write: (series: Series<never>, into: number[]) => void;
  readonly numbers: Map<Series<unknown>, number>;
};

/** Takes what has changed in these metrics, batch by batch. */
export function createSeriesExport(all: ReadonlyMap<MetricName, AnyStored>): MetricsExport['takeSeries'] {
  const metrics = [...all]
    .filter(([name]) => (CATALOGUE[name] as MetricDefinition).acrossProcesses !== 'primary')
    .map(([name, metric]) => exportedOf(name, metric));
  let next = 0;
  return (maxSeries) => {
    const added: [MetricName, readonly string[]][] = [];
    const removed: number[] = [];
    const changed: number[] = [];
    const values: number[] = [];
    const batch = (): SeriesChanges => ({
      added,
      removed,
      changed: Uint32Array.from(changed),
      values: Float64Array.from(values),
    });
    for (const { name, series, write, numbers } of metrics) {
      const present = series();
      for (const one of present) {
        if (one.rendered === TAKEN) continue;
        if (changed.length >= maxSeries) return batch();
        let number = numbers.get(one);
        if (number === undefined) {
          number = next++;
          numbers.set(one, number);
          added.push([name, one.values]);
        }
        changed.push(number);
        write(one as Series<never>, values);
        one.rendered = TAKEN;
      }
      if (numbers.size > present.length) removed.push(...takeRemoved(numbers, present));
    }
    return changed.length === 0 && removed.length === 0 ? undefined : batch();
  };
}

function exportedOf(name: MetricName, metric: AnyStored): Exported {
  const numbers = new Map<Series<unknown>, number>();
  if (metric instanceof StoredHistogram) {
    const write = ({ state }: (typeof metric.store.all)[number], into: number[]) => {
      for (const count of state.buckets) into.push(count);
      into.push(state.sum);
    };
    return { name, series: () => metric.store.all, write, numbers };
  }
  const write = ({ state }: (typeof metric.store.all)[number], into: number[]) => {
    into.push(state.value);
  };
  return { name, series: () => metric.store.all, write, numbers };
}

function takeRemoved(numbers: Map<Series<unknown>, number>, present: readonly Series<unknown>[]): number[] {
  const there = new Set(present);
  const gone = [...numbers].filter(([series]) => !there.has(series));
  for (const [series] of gone) numbers.delete(series);
  return gone.map(([, number]) => number);
}
