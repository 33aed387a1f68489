import { scrape } from '@quay-observability/testkit';

/** How many requests were timed, by `method route status namespace_name`; the order of labels differs by runtime. */
export type DurationCounts = Map<string, number>;

/** What a runtime exposes of `quay_request_duration_seconds` now, in the order of the keys. */
export async function durationCounts(baseUrl: string): Promise<DurationCounts> {
  const samples = await scrape(baseUrl, 'quay_request_duration_seconds_count');
  return sorted([...samples].map(([series, count]) => [keyOf(series), count]));
}

/** Counts of several runtimes, or of several lists, as one. */
export function sumCounts(...all: readonly ReadonlyMap<string, number>[]): DurationCounts {
  const sum = new Map<string, number>();
  for (const counts of all) for (const [key, count] of counts) sum.set(key, (sum.get(key) ?? 0) + count);
  return sorted([...sum]);
}

/** How often each key occurs. */
export function countEach(keys: readonly string[]): DurationCounts {
  return sumCounts(...keys.map((key) => new Map([[key, 1]])));
}

export function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function keyOf(series: string): string {
  const label = (name: string): string => new RegExp(`[{,]${name}="(.*?)"`).exec(series)?.[1] ?? '';
  return ['method', 'route', 'status', 'namespace_name'].map(label).join(' ');
}

function sorted(entries: [string, number][]): DurationCounts {
  return new Map(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}
