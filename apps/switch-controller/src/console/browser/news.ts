import type { ConsoleState } from './console-state.ts';
import { describeProgress, progressOf } from './propagation-watch.ts';
import { announce } from './status-view.ts';

/** Tells screen readers what sighted people see change: a new version, its arrival everywhere, a lost connection. */
export function announceNews(): (state: ConsoleState) => void {
  let version: number | undefined;
  let arrived: number | undefined;
  let lost = false;
  return ({ switches, processes, problems }) => {
    if ((problems.switches !== undefined) !== lost) {
      lost = !lost;
      announce(lost ? 'No news from the controller.' : 'The controller answers again.');
    }
    if (switches === undefined) return;
    if (version !== undefined && switches.version !== version)
      announce(`Version ${switches.version} is in force, published by ${switches.updated_by ?? 'unknown'}.`);
    const first = version === undefined;
    version = switches.version;
    if (processes?.version !== version) return;
    const progress = progressOf(processes, version);
    if (progress.pending.length > 0 || progress.followed.length === 0 || arrived === version) return;
    arrived = version;
    if (!first) announce(describeProgress(progress, version));
  };
}
