/** Label values of one series of the request histogram, in the order of its labels. */
export type SeriesLabels = readonly [method: string, route: string, status: string, namespace: string];

/** What every contestant keeps, read from one file so that all have the same. */
export type Workload = {
  labelNames: readonly string[];
  /** Upper bounds in seconds, without +Inf. */
  buckets: readonly number[];
  series: readonly SeriesLabels[];
  /** Values that the single observations go through, in seconds. */
  values: readonly number[];
  /** How many of the series the single observations go through: what a busy registry really sees. */
  busySeries: number;
};

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const STATUSES = ['200', '201', '307', '404', '500'];
const NAMESPACES = ['library', 'platform-images', 'other'];
/** Lines, each of them a series for Prometheus, of one child: its buckets, +Inf, sum and count. */
export const LINES_PER_CHILD = BUCKETS.length + 3;

/** The request histogram with as many children as give `lines` lines, or a few more. */
export function createWorkload(lines: number): Workload {
  const series = Array.from({ length: Math.ceil(lines / LINES_PER_CHILD) }, (_, at): SeriesLabels => {
    const route = Math.floor(at / STATUSES.length / NAMESPACES.length);
    const namespace = NAMESPACES[Math.floor(at / STATUSES.length) % NAMESPACES.length]!;
    return ['GET', `api.repositoryresource_${route}`, STATUSES[at % STATUSES.length]!, namespace];
  });
  return {
    labelNames: ['method', 'route', 'status', 'namespace_name'],
    buckets: BUCKETS,
    series,
    values: [
      0.003, 0.004, 0.007, 0.011, 0.02, 0.03, 0.06, 0.09, 0.2, 0.4, 0.7, 1.2, 0.002, 0.006, 0.015, 0.05,
    ],
    busySeries: 64,
  };
}

/** What series number `at` observes the `touch`-th time that all series change. The other languages do the same sum. */
export function touchedValue(at: number, touch: number): number {
  return ((at * 7 + touch * 13) % 1000) / 97;
}
