import type { AcrossProcesses } from '@quay-observability/metric-catalogue';
import type { MergeRuntime, PromValue } from '../runtime-metrics.ts';
import type { RuntimeSamples } from './metric-changes.ts';

/** Process and Node.js metrics of several processes, made one set. */
export type RuntimeMerge = {
  merged: MergeRuntime;
  addSource(): { apply(samples: readonly RuntimeSamples[]): void; end(): void };
};

/** What is not a sum: of the lag of event loops the worst one counts. */
const ACROSS: Readonly<Record<string, Exclude<AcrossProcesses, 'sum'>>> = {
  process_start_time_seconds: 'primary',
  nodejs_version_info: 'primary',
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_min_seconds: 'min',
  nodejs_eventloop_lag_max_seconds: 'max',
  nodejs_eventloop_lag_mean_seconds: 'max',
  nodejs_eventloop_lag_stddev_seconds: 'max',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
};

/** Counted, and thus kept when a process ends. The rest is measured. */
const isCounted = (name: string): boolean => name.endsWith('_total') || name === 'nodejs_gc_duration_seconds';

type Values = Map<string, PromValue>;

export function createRuntimeMerge(): RuntimeMerge {
  const sources = new Set<Map<string, Values>>();
  const ended = new Map<string, Values>();
  const shown = new Map<string, Values>();
  /** Sums of fractions depend on their order, which changes when a process ends: what is counted must not fall by it. */
  const keepFromFalling = (name: string, values: Values): void => {
    const before = shown.get(name);
    if (before !== undefined)
      for (const [key, sample] of values) sample.value = Math.max(sample.value, before.get(key)?.value ?? 0);
    shown.set(name, values);
  };
  return {
    merged: (name, own) => {
      const across = ACROSS[name] ?? 'sum';
      if (across === 'primary' || (sources.size === 0 && ended.size === 0)) return own;
      const result: Values = new Map();
      mergeInto(result, own, across);
      for (const source of sources) mergeInto(result, source.get(name)?.values() ?? [], across);
      mergeInto(result, ended.get(name)?.values() ?? [], across);
      if (isCounted(name)) keepFromFalling(name, result);
      return [...result.values()];
    },
    addSource: () => {
      const source = new Map<string, Values>();
      sources.add(source);
      return {
        apply: (told) => {
          for (const { name, samples } of told) {
            const values: Values = new Map();
            mergeInto(values, samples, 'sum');
            source.set(name, values);
          }
        },
        end: () => {
          sources.delete(source);
          for (const [name, values] of source) {
            if (!isCounted(name)) continue;
            let kept = ended.get(name);
            if (kept === undefined) ended.set(name, (kept = new Map<string, PromValue>()));
            mergeInto(kept, values.values(), 'sum');
          }
        },
      };
    },
  };
}

function mergeInto(result: Values, samples: Iterable<PromValue>, across: 'sum' | 'max' | 'min'): void {
  for (const sample of samples) {
    const key = `${sample.metricName ?? ''}${JSON.stringify(sample.labels)}`;
    const before = result.get(key)?.value;
    const { value } = sample;
    const merged =
      before === undefined ? value : across === 'sum' ? before + value : Math[across](before, value);
    result.set(key, { ...sample, value: merged });
  }
}
