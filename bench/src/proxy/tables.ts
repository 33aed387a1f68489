import { formatNumber, formatPercent, formatRatio, formatTable } from '../measure/print-table.ts';
import { median, spread } from '../measure/statistics.ts';
import type { RoundResult } from './measure-round.ts';
import { addedP99Ms, perCpuSecond, ratioPerCpuSecond, type Results, type Workload } from './ratios.ts';

/** What the others are compared with. */
const YARDSTICKS = ['go', 'python', 'nginx'];

/**
 * One row per contestant; `unit` is what one of the shown numbers stands for, in units of what was
 * counted. The ratios are those of the work per CPU second of the proxy.
 */
export function throughputTable(
  results: Results,
  which: Workload,
  { heading, unit }: { heading: string; unit: number },
): string {
  const rows = [...results].map(([name, rounds]) => [
    name,
    formatNumber(median(rounds.map((round) => round[which].perSecond / unit))),
    formatNumber(median(perCpuSecond(results, which, name)) / unit),
    formatPercent(spread(perCpuSecond(results, which, name))),
    ...YARDSTICKS.map((other) => formatRatio(ratioPerCpuSecond(results, which, name, other))),
  ]);
  const ratios = YARDSTICKS.map((name) => `to ${name}`);
  return formatTable(['', `${heading}/s`, `${heading} per CPU s`, 'spread', ...ratios], rows);
}

/** Latencies at a load that is the same for all. */
export function latencyTable(results: Results): string {
  const rows = [...results].map(([name, rounds]) => {
    const of = (key: keyof RoundResult['halfLoad']) => rounds.map(({ halfLoad }) => halfLoad[key]);
    return [
      name,
      formatNumber(median(of('perSecond'))),
      formatNumber(median(of('p50Ms'))),
      formatNumber(median(of('p99Ms'))),
      formatPercent(spread(of('p99Ms'))),
      formatNumber(addedP99Ms(results, name)),
    ];
  });
  return formatTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'spread', 'p99 added to direct, ms'], rows);
}
