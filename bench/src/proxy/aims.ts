import type { Aim } from '../measure/aims.ts';
import { OURS } from './contestants.ts';
import { addedP99Ms, ratioPerCpuSecond, type Results, type Workload } from './ratios.ts';

/** What `registry-metrics` is to reach, with what it reached. */
export function proxyAims(results: Results): Aim[] {
  const aim = (which: Workload, other: string, target: number): Aim => ({
    what: `${which} per CPU second, to ${other}`,
    bound: 'at least',
    target,
    value: ratioPerCpuSecond(results, which, OURS, other),
    unit: 'x',
  });
  return [
    aim('manifests', 'go', 2),
    aim('manifests', 'python', 20),
    aim('manifests', 'nginx', 0.4),
    aim('blobs', 'go', 1.3),
    {
      what: '99th percentile added at half load',
      bound: 'at most',
      target: 1,
      value: addedP99Ms(results, OURS),
      unit: ' ms',
    },
  ];
}
