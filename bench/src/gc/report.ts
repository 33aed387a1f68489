import { formatNumber, formatPercent, formatRatio, formatTable } from '../measure/print-table.ts';
import { print } from '../measure/report.ts';
import { median, medianRatio, spread } from '../measure/statistics.ts';
import type { Collection } from './aims.ts';
import type { Explained } from './explain.ts';
import { shortened, type Statement } from './statements.ts';

/** Seconds, tags a second and statements of each contestant; medians over the rounds. */
export function collectionTable(
  results: ReadonlyMap<string, readonly (Collection & { readonly statements: readonly Statement[] })[]>,
  tags: number,
  compared: string,
): string {
  const perSecond = (name: string): number[] =>
    (results.get(name) ?? []).map(({ seconds }) => tags / seconds);
  const perCpuSecond = (name: string): number[] =>
    (results.get(name) ?? []).map(({ cpuSeconds }) => tags / cpuSeconds);
  const rows = [...results].map(([name, of]) => [
    name,
    formatNumber(median(of.map(({ seconds }) => seconds))),
    formatNumber(median(perSecond(name))),
    formatPercent(spread(perSecond(name))),
    formatRatio(medianRatio(perSecond(name), perSecond(compared))),
    formatNumber(median(of.map(({ cpuSeconds }) => cpuSeconds))),
    formatRatio(medianRatio(perCpuSecond(name), perCpuSecond(compared))),
    formatNumber(median(of.map(({ statements }) => statements.reduce((sum, { calls }) => sum + calls, 0)))),
    formatNumber(median(of.map(({ slowestMs }) => slowestMs))),
  ]);
  return formatTable(
    [
      ...['contestant', 'seconds', 'tags/s', 'spread', 'to Python', 'CPU s', 'tags per CPU s, to Python'],
      ...['statements', 'slowest statement ms'],
    ],
    rows,
  );
}

/** Which statements would read a growing table from end to end, and which PostgreSQL could not plan. */
export function printExplained(explained: readonly Explained[]): void {
  const isPlain = ({ scanned, problem }: Explained): boolean => scanned.length === 0 && problem === undefined;
  const notable = explained.filter((each) => !isPlain(each));
  print('## gc-worker: plans of its statements, for values that are not known\n');
  print(
    `${explained.length} statements, of which ${explained.length - notable.length} read no growing table from end to end.\n`,
  );
  if (notable.length === 0) return;
  print(
    formatTable(
      ['statement', 'Seq Scan on'],
      notable.map(({ sql, scanned, problem }) => [shortened(sql), problem ?? scanned.join(', ')]),
    ),
  );
}
