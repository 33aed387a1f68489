import type { AcrossProcesses } from '@quay-observability/metric-catalogue';
import type { Series } from '../series-store.ts';
import type { NumberState } from '../stored-counter.ts';
import type { StoredGauge } from '../stored-gauge.ts';

/** The series of one gauge in other processes, made one here. */
export type GaugeMerge = {
  /** A process has a series of these label values. */
  add(labelValues: readonly string[]): GaugeShare;
};

/** The part of one process in a series. */
export type GaugeShare = {
  readonly width: 1;
  take(values: Float64Array, at: number): void;
  /** The process has removed it, or (`ended`) has itself ended. */
  drop(ended: boolean): void;
};

/** Makes one value of those of several processes, of which there is at least one. */
const COMBINE: Readonly<Record<AcrossProcesses, (values: Iterable<number>) => number>> = {
  sum: (values) => [...values].reduce((sum, value) => sum + value, 0),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  primary: ([value]: Iterable<number>) => value ?? 0,
};

/**
 * Keeps what each process measures and exposes what they come to. With the last process a sum falls to zero; any
 * other value is unknown then, and its series goes.
 */
export function createGaugeMerge(gauge: StoredGauge, across: AcrossProcesses): GaugeMerge {
  const shares = new Map<Series<NumberState>, Map<GaugeShare, number>>();
  const show = (series: Series<NumberState>, values: Iterable<number>): void => {
    series.state.value = COMBINE[across](values);
    series.rendered = undefined;
  };
  return {
    add: (labelValues) => {
      const series = gauge.store.adopt(labelValues);
      let values = shares.get(series);
      if (values === undefined) shares.set(series, (values = new Map<GaugeShare, number>()));
      const own = values;
      const share: GaugeShare = {
        width: 1,
        take: (from, at) => {
          own.set(share, from[at]!);
          show(series, own.values());
        },
        drop: (ended) => {
          own.delete(share);
          if (own.size > 0 || (ended && across === 'sum')) return show(series, own.values());
          shares.delete(series);
          gauge.store.drop(series.values);
        },
      };
      return share;
    },
  };
}
