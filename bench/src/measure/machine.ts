import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** One line on where and when figures came from. */
export function describeMachine(now = new Date()): string {
  const model = cpus()[0]?.model ?? 'unknown CPU';
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return [
    now.toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    `${availableParallelism()} cores of ${model}, ${memoryGiB} GiB`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    `load average before the run ${loadavg()[0]?.toFixed(2) ?? '?'}`,
  ].join(' · ');
}

/** Says so if something else keeps this machine busy, else nothing. */
export function busyWarning(): string | undefined {
  const load = loadavg()[0] ?? 0;
  if (load < 0.5) return undefined;
  return `This machine is not idle (load average ${load.toFixed(2)}): trust the ratios more than the figures, and repeat.`;
}
