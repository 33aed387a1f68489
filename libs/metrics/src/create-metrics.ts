import {
  CATALOGUE,
  metricNamesOf,
  type AppName,
  type KnownValues,
  type LabelsOf,
  type MetricDefinition,
  type MetricName,
  type MetricNameOfType,
} from '@quay-observability/metric-catalogue';
import { Registry } from 'prom-client';
import { collectInTime, renderExposition, type OnCollectFailed } from './exposition.ts';
import { createLabelBounds, type LabelBounds } from './label-values.ts';
import type { MetricFamily } from './metric-family.ts';
import { CONTENT_TYPES, negotiateFormat } from './negotiate.ts';
import { histogramRenderer, numberRenderer, type RenderSeries } from './render-series.ts';
import { runtimeMetricFamilies, type PromValue } from './runtime-metrics.ts';
import { createRuntimeMerge } from './processes/runtime-merge.ts';
import type { MetricSource, MetricsExport } from './processes/metric-changes.ts';
import { createSeriesExport } from './processes/series-export.ts';
import { createSeriesImport } from './processes/series-import.ts';
import { shareWhileRunning } from './shared-gathering.ts';
import { StoredCounter } from './stored-counter.ts';
import { StoredGauge } from './stored-gauge.ts';
import { StoredHistogram } from './stored-histogram.ts';
import { formatLabels } from './text-format.ts';

/** Value of the runtime label that the plan gives the new runtime (contract section 1). */
export const DEFAULT_RUNTIME = 'go';

/** Series a metric may have before further combinations of label values are counted as `other`. */
const DEFAULT_MAX_SERIES = 20_000;

export type MetricsOptions<App extends AppName> = {
  /** The app whose metrics of the catalogue are registered: those, and no others. */
  app: App;
  /** Value of the runtime label on every sample. */
  runtime?: string;
  /** Whether a client that asks for OpenMetrics gets it. */
  openMetrics?: boolean;
  /** Process and Node.js metrics as well. They measure the process, so one binding per process has them. */
  runtimeMetrics?: boolean;
  /** Label values known only at run time, by metric and label (the route names, say). */
  known?: Readonly<Partial<Record<MetricName, Readonly<Record<string, readonly string[]>>>>>;
  maxSeriesPerMetric?: number;
  onCollectFailed?: OnCollectFailed;
  /** Runs before every gathering; for what other processes count. Must not reject, and be bounded in time. */
  beforeGathering?: () => Promise<void>;
};

/** A counter of the catalogue; its labels are typed, and values outside a known set become `other`. */
export type BoundCounter<Name extends MetricName> = {
  /** Adds `amount` (default 1, at least 0). */
  inc(labels: LabelsOf<Name>, amount?: number): void;
};

/** A gauge of the catalogue. */
export type BoundGauge<Name extends MetricName> = {
  set(labels: LabelsOf<Name>, value: number): void;
  /** Adds `amount`, which may be negative. */
  add(labels: LabelsOf<Name>, amount: number): void;
  remove(labels: LabelsOf<Name>): void;
  /** Runs before every scrape, to set what is read rather than counted. */
  onCollect(collect: () => void | Promise<void>): void;
};

/** A histogram of the catalogue. */
export type BoundHistogram<Name extends MetricName> = {
  /** Records one observation, in the metric's base unit. */
  observe(labels: LabelsOf<Name>, value: number): void;
};

/** What a scrape gets. The pieces may be shared with other scrapes: do not change them. */
export type Exposition = {
  contentType: string;
  sizeBytes: number;
  pieces: readonly Buffer[];
  /** All pieces in one; for those that have few of them. */
  readonly body: Buffer;
};

/** The metrics of one app. */
export type Metrics<App extends AppName = AppName> = {
  counter<Name extends MetricNameOfType<App, 'counter'>>(name: Name): BoundCounter<Name>;
  gauge<Name extends MetricNameOfType<App, 'gauge'>>(name: Name): BoundGauge<Name>;
  histogram<Name extends MetricNameOfType<App, 'histogram'>>(name: Name): BoundHistogram<Name>;
  /**
   * Replaces the known values of a label. Series with values that are no longer known stay as they are, and what is
   * observed under those values counts as `other`. Throws a TypeError for a metric or label that is not there.
   */
  knowLabelValues(name: MetricName, label: string, values: readonly string[]): void;
  /** Text 0.0.4, or OpenMetrics where allowed and asked for. Scrapes at the same time share one gathering. */
  exposition(accept?: string): Promise<Exposition>;
  /** prom-client's own rendering of the same registry: the plain way, for comparison. */
  plainText(): Promise<string>;
  /** For a process whose metrics another one exposes. From here on this one has no exposition of its own. */
  createExport(): MetricsExport;
  /** For the process that exposes: takes in what one further process of the same app counts. */
  addSource(): MetricSource;
};

type Stored = {
  metric: StoredCounter | StoredGauge | StoredHistogram;
  family: MetricFamily;
  know: LabelBounds['replace'];
};

/** Registers the metrics that the catalogue assigns to an app, and nothing else. */
export function createMetrics<App extends AppName>(options: MetricsOptions<App>): Metrics<App> {
  const runtime = options.runtime ?? DEFAULT_RUNTIME;
  const registry = new Registry();
  registry.setDefaultLabels({ runtime });
  const fixed = formatLabels(['runtime'], [runtime]);
  const collectors = new Map<MetricName, (() => void | Promise<void>)[]>();
  const stored = new Map<MetricName, Stored>();

  const refuse = (metric: MetricName) => {
    const refused = stored.get('quay_metrics_series_refused_total')?.metric;
    if (refused instanceof StoredCounter) refused.add({ metric }, 1);
  };
  for (const name of metricNamesOf(options.app)) {
    const hooks: (() => void | Promise<void>)[] = [];
    collectors.set(name, hooks);
    const known = { ...(CATALOGUE[name] as MetricDefinition).known, ...options.known?.[name] };
    // Bounded by the catalogue; with a limit of its own it would count its own refusals without end.
    const limited = name !== 'quay_metrics_series_refused_total';
    const maxSeries = limited ? (options.maxSeriesPerMetric ?? DEFAULT_MAX_SERIES) : Infinity;
    const limits = { known, maxSeries, onRefused: () => refuse(name) };
    stored.set(name, createStored(name, registry, fixed, hooks, limits));
  }

  const families = [...stored.values()].map(({ family }) => family);
  const runtimeMerge = createRuntimeMerge();
  const withRuntime = options.runtimeMetrics ?? true;
  const ofRuntime = withRuntime ? runtimeMetricFamilies(registry, fixed, runtimeMerge.merged) : [];
  families.push(...ofRuntime);
  const onCollectFailed = options.onCollectFailed ?? (() => undefined);
  const gather = shareWhileRunning(async (format: 'text' | 'openmetrics') => {
    await options.beforeGathering?.();
    return renderExposition(families, format, onCollectFailed);
  });
  const all = new Map([...stored].map(([name, { metric }]) => [name, metric]));
  const importSeries = createSeriesImport(all);
  let isExported = false;
  const owned = <Metric extends Stored['metric']>(
    name: MetricName,
    type: abstract new (...given: never[]) => Metric,
  ): Metric => {
    const metric = stored.get(name)?.metric;
    if (metric instanceof type) return metric;
    throw new TypeError(
      `${name} is not a ${type.name.replace('Stored', '').toLowerCase()} of ${options.app} in the catalogue`,
    );
  };

  return {
    counter: (name) => {
      const metric = owned(name, StoredCounter);
      return { inc: (labels, amount = 1) => metric.add(labels, amount) };
    },
    gauge: (name) => {
      const metric = owned(name, StoredGauge);
      return {
        set: (labels, value) => metric.put(labels, value),
        add: (labels, amount) => metric.add(labels, amount),
        remove: (labels) => metric.remove(labels),
        onCollect: (collect) => collectors.get(name)?.push(collect),
      };
    },
    histogram: (name) => {
      const metric = owned(name, StoredHistogram);
      return { observe: (labels, value) => metric.record(labels, value) };
    },
    knowLabelValues: (name, label, values) => {
      const found = stored.get(name);
      if (found === undefined) throw new TypeError(`${name} is not of ${options.app} in the catalogue`);
      found.know(label, values);
      found.metric.store.reindex();
    },
    exposition: async (accept) => {
      if (isExported) throw new Error('the metrics of this process are exposed by another one');
      const format = negotiateFormat(accept, options.openMetrics ?? false);
      return expositionOf(CONTENT_TYPES[format], await gather(format));
    },
    plainText: () => registry.metrics(),
    createExport: () => {
      isExported = true;
      return {
        collect: async () => {
          for (const family of families) await collectInTime(family, onCollectFailed);
        },
        takeSeries: createSeriesExport(all),
        runtime: () =>
          ofRuntime.map(({ name, series }) => ({
            name,
            samples: series().map(({ state }) => state as PromValue),
          })),
      };
    },
    addSource: () => {
      const series = importSeries();
      const runtime = runtimeMerge.addSource();
      return {
        applySeries: (changes) => series.apply(changes),
        applyRuntime: (samples) => runtime.apply(samples),
        end: () => {
          series.end();
          runtime.end();
        },
      };
    },
  };
}

function expositionOf(contentType: string, pieces: readonly Buffer[]): Exposition {
  let sizeBytes = 0;
  for (const piece of pieces) sizeBytes += piece.length;
  return {
    contentType,
    sizeBytes,
    pieces,
    get body() {
      return Buffer.concat(pieces, sizeBytes);
    },
  };
}

async function runAll(hooks: readonly (() => void | Promise<void>)[]): Promise<void> {
  for (const hook of hooks) await hook();
}

function createStored(
  name: MetricName,
  registry: Registry,
  fixed: string,
  hooks: readonly (() => void | Promise<void>)[],
  limits: { known: Readonly<Record<string, KnownValues>>; maxSeries: number; onRefused: () => void },
): Stored {
  const definition: MetricDefinition = CATALOGUE[name];
  const { help, type, labels: labelNames } = definition;
  const naming = { name, labelNames, fixed };
  const labelBounds = createLabelBounds(labelNames, limits.known);
  const know = labelBounds.replace;
  const base = {
    name,
    help,
    labelNames,
    bounds: labelBounds.bounds,
    maxSeries: limits.maxSeries,
    onRefused: limits.onRefused,
    registry,
  };
  const collect = () => (hooks.length === 0 ? undefined : runAll(hooks));
  const family = { name, help, type, collect };
  if (type === 'histogram') {
    const buckets = definition.buckets ?? [];
    const metric = new StoredHistogram({ ...base, buckets });
    const text = histogramRenderer(naming, buckets, 'text') as RenderSeries<never>;
    const openmetrics = histogramRenderer(naming, buckets, 'openmetrics') as RenderSeries<never>;
    return {
      metric,
      know,
      family: { ...family, series: () => metric.store.all, render: { text, openmetrics } },
    };
  }
  const metric =
    type === 'counter'
      ? new StoredCounter(base)
      : new StoredGauge({ ...base, absentUntilSet: definition.absentUntilSet ?? false });
  const text = numberRenderer(naming) as RenderSeries<never>;
  return {
    metric,
    know,
    family: { ...family, series: () => metric.store.all, render: { text, openmetrics: text } },
  };
}
