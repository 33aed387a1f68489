import type { AppName } from './apps.ts';

/** Values that a label may take: a fixed set, or any HTTP status code from 100 to 599. Others become `other`. */
export type KnownValues = readonly string[] | 'http-status';

/**
 * What a gauge comes to where several processes of an app share one exposition: the sum, the largest or the smallest
 * of their values, or that of the process that exposes (`primary`). Counters and histograms add up.
 */
export type AcrossProcesses = 'sum' | 'max' | 'min' | 'primary';

/** One metric as it arrives at Prometheus. The runtime label comes on top of `labels`. */
export type MetricDefinition = {
  /** Name in the code that declares it; Python's counters may lack the `_total` that the wire has. */
  readonly declared: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets, ascending, without +Inf. */
  readonly buckets?: readonly number[];
  /** Labels whose values come from a set known here; sets known at run time are given to the binding. */
  readonly known?: Readonly<Record<string, KnownValues>>;
  /** A gauge that exposes no sample before its first value: a zero would be a lie beside another replica's. */
  readonly absentUntilSet?: true;
  /** Of a gauge; the sum unless told. */
  readonly acrossProcesses?: AcrossProcesses;
  /** Apps that expose it. */
  readonly apps: readonly AppName[];
  /** Milestone whose work fills it. */
  readonly milestone: 'M0' | 'M1' | 'M2' | 'M3' | 'M4';
  /** `python`: the plan's list; `companion`: what Python emits beyond it; `plan`: new in the plan; `own`: this project's. */
  readonly origin: 'python' | 'companion' | 'plan' | 'own';
  /** Where the declaration comes from. */
  readonly source: string;
};
