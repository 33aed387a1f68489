import { CATALOGUE, PYTHON_ONLY_METRICS, type MetricDefinition } from '@quay-observability/metric-catalogue';
import { readQuery } from './promql/read-query.ts';
import { RECORDINGS } from './rule-file.ts';

/** What a scrape and the Pushgateway add to every series (contract section 1), and what the scrape configuration may add. */
const TARGET_LABELS = ['runtime', 'job', 'instance', 'host', 'process_name', 'pid', 'cluster', 'namespace'];

/** Series that Prometheus, the Pushgateway and the Blackbox exporter make by themselves. */
const OF_PROMETHEUS: Record<string, string[]> = {
  ALERTS: ['alertname', 'alertstate', 'severity'],
  up: [],
  probe_success: ['page'],
  push_time_seconds: [],
};

/** What is known about a name that a query uses. */
export type KnownSeries = {
  counts: boolean;
  labels: readonly string[];
  known: Readonly<Record<string, readonly string[]>>;
};

/** What series of this name are like; undefined if nobody exposes them. */
export function knownSeries(name: string): KnownSeries | undefined {
  const recording = RECORDINGS.find(({ record }) => record === name);
  if (recording !== undefined) {
    const counts = name.endsWith(':count');
    const kept = counts ? TARGET_LABELS : keptLabels(name);
    return { counts, labels: [...kept, ...Object.keys(recording.labels ?? {})], known: {} };
  }
  const own = OF_PROMETHEUS[name];
  if (own !== undefined) return { counts: false, labels: [...own, ...TARGET_LABELS], known: {} };
  if ((PYTHON_ONLY_METRICS as readonly string[]).includes(name))
    return { counts: name.endsWith('_total'), labels: TARGET_LABELS, known: {} };
  for (const [wireName, definition] of Object.entries(CATALOGUE) as [string, MetricDefinition][]) {
    const { type, labels, known = {} } = definition;
    const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!suffixes.some((suffix) => wireName + suffix === name)) continue;
    const fixed = Object.entries(known).filter((entry): entry is [string, readonly string[]] =>
      Array.isArray(entry[1]),
    );
    const bound = name.endsWith('_bucket') ? ['le'] : [];
    return {
      counts: type !== 'gauge',
      labels: [...labels, ...bound, ...TARGET_LABELS],
      known: Object.fromEntries(fixed),
    };
  }
  return undefined;
}

/** The labels of a recording of sums: those of its outermost `by`, or of what it is made of. */
export function keptLabels(name: string): string[] {
  const { expr } = RECORDINGS.find(({ record }) => record === name) ?? {};
  if (expr === undefined) return [];
  const by = /\bby \((?<labels>[^)]*)\)/.exec(expr)?.groups?.labels;
  if (by !== undefined) {
    const labels = by.split(', ');
    return expr.startsWith('histogram_quantile') ? labels.filter((label) => label !== 'le') : labels;
  }
  const [source] = readQuery(expr);
  return keptLabels(source?.metric ?? '');
}
