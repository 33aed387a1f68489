import { formatNumber, formatPercent, formatRatio, formatTable } from '../measure/print-table.ts';
import { median, medianRatio, spread } from '../measure/statistics.ts';
import type { ScrapeCost } from './measure-scrapes.ts';

/** What one library's scrapes cost in one round. */
export type ScrapeRound = { unchanged: ScrapeCost; changed: ScrapeCost };

/** Scrapes of each library, round by round. */
export type Scrapes = ReadonlyMap<string, readonly ScrapeRound[]>;

/** Nanoseconds per observation of each library, round by round. */
export type Observations = ReadonlyMap<string, readonly number[]>;

/** CPU milliseconds per scrape of one library in each round. */
export function cpuMsOf(scrapes: Scrapes, which: keyof ScrapeRound, name: string): number[] {
  return (scrapes.get(name) ?? []).map((round) => round[which].cpuMs);
}

/** One row per library; ratios tell how many times more CPU a library needs than ours. */
export function scrapeTable(
  scrapes: Scrapes,
  which: keyof ScrapeRound,
  sizes: ReadonlyMap<string, number>,
): string {
  const ours = cpuMsOf(scrapes, which, 'ours');
  const rows = [...scrapes].map(([name, rounds]) => {
    const costs = rounds.map((round) => round[which]);
    const cpuMs = cpuMsOf(scrapes, which, name);
    return [
      name,
      formatNumber(median(costs.map(({ wallMs }) => wallMs))),
      formatNumber(median(cpuMs)),
      formatPercent(spread(cpuMs)),
      formatRatio(medianRatio(cpuMs, ours)),
      formatNumber(median(costs.flatMap(({ holdMs }) => holdMs ?? []))),
      formatNumber((sizes.get(name) ?? NaN) / 1e6),
    ];
  });
  return formatTable(['', 'wall ms', 'CPU ms', 'spread', 'CPU against ours', 'longest hold ms', 'MB'], rows);
}

/** One row per library. */
export function observationTable(observations: Observations): string {
  const ours = observations.get('ours') ?? [];
  const rows = [...observations].map(([name, times]) => [
    name,
    formatNumber(median(times)),
    formatPercent(spread(times)),
    formatRatio(medianRatio(times, ours)),
  ]);
  return formatTable(['', 'ns', 'spread', 'against ours'], rows);
}
