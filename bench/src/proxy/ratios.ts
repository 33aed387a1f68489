import { median, medianRatio } from '../measure/statistics.ts';
import type { RoundResult } from './measure-round.ts';

/** What each contestant did, round by round. */
export type Results = ReadonlyMap<string, readonly RoundResult[]>;

/** What is measured as throughput. */
export type Workload = 'manifests' | 'blobs';

/** Work per CPU second of a proxy in each round; NaN where nothing stands between. */
export function perCpuSecond(results: Results, which: Workload, name: string): number[] {
  return (results.get(name) ?? []).map((round) => round[which].perCpuSecond ?? NaN);
}

/** How much more work `name` does in a CPU second than `other`; NaN if one of them did not run. */
export function ratioPerCpuSecond(results: Results, which: Workload, name: string, other: string): number {
  return medianRatio(perCpuSecond(results, which, name), perCpuSecond(results, which, other));
}

/** By how many milliseconds the 99th percentile at half load exceeds that of asking the upstream itself. */
export function addedP99Ms(results: Results, name: string): number {
  const direct = results.get('direct') ?? [];
  const rounds = results.get(name) ?? [];
  return median(rounds.map(({ halfLoad }, round) => halfLoad.p99Ms - (direct[round]?.halfLoad.p99Ms ?? NaN)));
}
