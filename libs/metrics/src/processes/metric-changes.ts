import type { MetricName } from '@quay-observability/metric-catalogue';
import type { PromValue } from '../runtime-metrics.ts';

/**
 * Series of one process that have changed since they were last told, for the process that exposes them. Batches of
 * one process are applied in their order. Survives structured cloning.
 */
export type SeriesChanges = {
  /** Series told of for the first time: metric and label values. They are numbered on from 0. */
  readonly added: readonly (readonly [metric: MetricName, labelValues: readonly string[]])[];
  /** Numbers of series that are no more. */
  readonly removed: readonly number[];
  /** Numbers of the series whose values follow. */
  readonly changed: Uint32Array;
  /**
   * The totals of these series, one after the other: of a counter or gauge its value, of a histogram the count of
   * each bucket (not cumulative, +Inf's last) and the sum.
   */
  readonly values: Float64Array;
};

/** The samples of a process or Node.js metric of one process. */
export type RuntimeSamples = { readonly name: string; readonly samples: readonly PromValue[] };

/** What a process tells of its metrics. */
export type MetricsExport = {
  /** Brings up to date what is read rather than counted. Never rejects; each collector has a time limit. */
  collect(): Promise<void>;
  /** A batch of at most so many series; undefined if none has changed. */
  takeSeries(maxSeries: number): SeriesChanges | undefined;
  /** Process and Node.js metrics as last collected. */
  runtime(): readonly RuntimeSamples[];
};

/** A process whose metrics are exposed here. */
export type MetricSource = {
  applySeries(changes: SeriesChanges): void;
  /** Takes the place of what was applied before. */
  applyRuntime(samples: readonly RuntimeSamples[]): void;
  /** The process has ended: what it counted stays, what it measured goes. */
  end(): void;
};
