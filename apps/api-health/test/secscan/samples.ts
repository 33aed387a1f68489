/** Samples of an exposition by `name{labels}`, without the runtime label. */
export type Samples = ReadonlyMap<string, number>;

/** The samples whose names begin with `prefix`. */
export function parseSamples(exposition: string, prefix: string): Samples {
  const samples = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const [, name, labels, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (!name?.startsWith(prefix)) continue;
    const kept = (labels ?? '').replace(/,?runtime="go"/, '').replace(/^,/, '');
    samples.set(kept === '' ? name : `${name}{${kept}}`, Number(value));
  }
  return samples;
}

/** Adds up what several processes have counted. */
export function addSamples(...all: readonly Samples[]): Samples {
  const sum = new Map<string, number>();
  for (const samples of all) for (const [name, value] of samples) sum.set(name, (sum.get(name) ?? 0) + value);
  return sum;
}

/** `quay_secscan_request_duration_seconds_count` by `METHOD action status`. */
export function callsOf(samples: Samples): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const [name, value] of samples) {
    const labels = /^quay_secscan_request_duration_seconds_count\{(.*)\}$/.exec(name)?.[1];
    if (labels === undefined) continue;
    const label = (key: string): string => new RegExp(`${key}="([^"]*)"`).exec(labels)?.[1] ?? '';
    calls[`${label('method')} ${label('action')} ${label('status')}`] = value;
  }
  return calls;
}

/** The values above 0 of a counter with the one label `label`, by its value. */
export function countsOf(samples: Samples, name: string, label: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [key, value] of samples) {
    const found = new RegExp(`^${name}\\{${label}="([^"]*)"\\}$`).exec(key)?.[1];
    if (found !== undefined && value > 0) counts[found] = value;
  }
  return counts;
}

export const layersOf = (samples: Samples) => countsOf(samples, 'quay_secscan_layers_total', 'outcome');
export const resultsOf = (samples: Samples) => countsOf(samples, 'quay_secscan_results_total', 'outcome');
export const errorsOf = (samples: Samples) =>
  countsOf(samples, 'quay_secscan_upstream_errors_total', 'reason');

/** Sum and count of a histogram without labels. */
export function histogramOf(samples: Samples, name: string): { sum: number; count: number } {
  return { sum: samples.get(`${name}_sum`) ?? Number.NaN, count: samples.get(`${name}_count`) ?? Number.NaN };
}
