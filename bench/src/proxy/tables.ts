import { formatNumber, formatPercent, formatRatio, formatTable } from '../measure/print-table.ts';
import { median, medianRatio, spread } from '../measure/statistics.ts';
import type { RoundResult } from './measure-round.ts';

type Results = ReadonlyMap<string, readonly RoundResult[]>;

/** One row per contestant; `unit` is what one of the shown numbers stands for, in units of what was counted. */
export function throughputTable(
  results: Results,
  which: 'manifests' | 'blobs',
  { heading, unit }: { heading: string; unit: number },
): string {
  const perCpuSecond = (name: string) =>
    (results.get(name) ?? []).map((round) => (round[which].perCpuSecond ?? NaN) / unit);
  const perSecond = (name: string) => (results.get(name) ?? []).map((round) => round[which].perSecond / unit);
  const rows = [...results.keys()].map((name) => [
    name,
    formatNumber(median(perSecond(name))),
    formatRatio(medianRatio(perSecond(name), perSecond('nginx'))),
    formatNumber(median(perCpuSecond(name))),
    formatPercent(spread(perCpuSecond(name))),
    formatRatio(medianRatio(perCpuSecond(name), perCpuSecond('nginx'))),
  ]);
  return formatTable(['', `${heading}/s`, 'to nginx', `${heading} per CPU s`, 'spread', 'to nginx'], rows);
}

/** Latencies at a load that is the same for all. */
export function latencyTable(results: Results): string {
  const of = (name: string, key: keyof RoundResult['halfLoad']) =>
    (results.get(name) ?? []).map(({ halfLoad }) => halfLoad[key]);
  const added = (name: string) => {
    const direct = of('direct', 'p99Ms');
    return median(of(name, 'p99Ms').map((p99Ms, round) => p99Ms - (direct[round] ?? NaN)));
  };
  const rows = [...results.keys()].map((name) => [
    name,
    formatNumber(median(of(name, 'perSecond'))),
    formatNumber(median(of(name, 'p50Ms'))),
    formatNumber(median(of(name, 'p99Ms'))),
    formatPercent(spread(of(name, 'p99Ms'))),
    formatNumber(added(name)),
  ]);
  return formatTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'spread', 'p99 added to direct, ms'], rows);
}
