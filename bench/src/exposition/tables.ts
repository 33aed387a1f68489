import { formatNumber, formatPercent, formatRatio, formatTable } from '../measure/print-table.ts';
import { median, medianRatio, spread } from '../measure/statistics.ts';
import type { ScrapeCost } from './measure-scrapes.ts';

/** What one library did in one round. */
export type RoundResult = { unchanged: ScrapeCost; changed: ScrapeCost; observationNs: number };

type Results = ReadonlyMap<string, readonly RoundResult[]>;

/** One row per library; ratios tell how many times more CPU a library needs than ours. */
export function scrapeTable(
  results: Results,
  which: 'unchanged' | 'changed',
  sizes: ReadonlyMap<string, number>,
): string {
  const cpuOf = (rounds: readonly RoundResult[]) => rounds.map((round) => round[which].cpuMs);
  const ours = cpuOf(results.get('ours') ?? []);
  const rows = [...results].map(([name, rounds]) => {
    const costs = rounds.map((round) => round[which]);
    const holds = costs.flatMap(({ holdMs }) => holdMs ?? []);
    return [
      name,
      formatNumber(median(costs.map(({ wallMs }) => wallMs))),
      formatNumber(median(cpuOf(rounds))),
      formatPercent(spread(cpuOf(rounds))),
      formatRatio(medianRatio(cpuOf(rounds), ours)),
      formatNumber(median(holds)),
      formatNumber((sizes.get(name) ?? NaN) / 1e6),
    ];
  });
  return formatTable(['', 'wall ms', 'CPU ms', 'spread', 'CPU against ours', 'longest hold ms', 'MB'], rows);
}

/** Nanoseconds per observation. */
export function observationTable(results: Results): string {
  const timesOf = (rounds: readonly RoundResult[]) => rounds.map(({ observationNs }) => observationNs);
  const ours = timesOf(results.get('ours') ?? []);
  const rows = [...results].map(([name, rounds]) => [
    name,
    formatNumber(median(timesOf(rounds))),
    formatPercent(spread(timesOf(rounds))),
    formatRatio(medianRatio(timesOf(rounds), ours)),
  ]);
  return formatTable(['', 'ns', 'spread', 'against ours'], rows);
}
