import type { Aim } from '../measure/aims.ts';

/** What one collection came to. */
export type Collection = {
  readonly seconds: number;
  /** Of the contestant, its start included, PostgreSQL and Redis together. */
  readonly cpuSeconds: number;
  readonly slowestMs: number;
  /** Reads of growing tables from end to end. */
  readonly scans: number;
};

/** NaN stands for what was not measured. */
export type GcFigures = {
  /** Median of the rounds' ratios. */
  readonly toPython: number;
  readonly ours: readonly Collection[];
};

/** What milestone M4 set for `gc-worker`. */
export function gcAims({ toPython, ours }: GcFigures): Aim[] {
  const largest = (values: readonly number[]): number => (values.length === 0 ? NaN : Math.max(...values));
  return [
    { what: 'tags per second, to Python', bound: 'at least', target: 5, value: toPython, unit: 'x' },
    {
      what: 'slowest statement',
      bound: 'at most',
      target: 200,
      value: largest(ours.map(({ slowestMs }) => slowestMs)),
      unit: ' ms',
    },
    {
      what: 'reads of a growing table from end to end',
      bound: 'at most',
      target: 0,
      value: largest(ours.map(({ scans }) => scans)),
      unit: '',
    },
  ];
}
