import type { Child } from '../measure/start-child.ts';
import type { Contestant } from './contestants.ts';

/** A child process as a way to the upstream. */
export function asContestant(child: Child, metricsUrl: string | undefined): Contestant {
  const { name, url, process: running } = child;
  return { name, url, pid: running.pid, metricsUrl, stop: () => running.stop() };
}
