import type { ProcessesAnswer, ProcessState } from './api-types.ts';
import { byId, element, fill } from './elements.ts';
import { setShares } from './share-bar.ts';
import { count, formatSeconds } from './format.ts';

/** How far a version has come. */
export type Progress = {
  readonly followed: readonly ProcessState[];
  readonly pending: readonly ProcessState[];
  /** Not heard of for so long that nobody waits for them. */
  readonly silent: readonly ProcessState[];
};

/** Sorts processes by whether they follow `version` or a newer one. */
export function progressOf({ processes }: ProcessesAnswer, version: number): Progress {
  const follows = (process: ProcessState) => process.version >= version;
  return {
    followed: processes.filter(follows),
    pending: processes.filter((process) => !follows(process) && process.status !== 'silent'),
    silent: processes.filter((process) => !follows(process) && process.status === 'silent'),
  };
}

/** One line that says how far it has come, and who took longest. */
export function describeProgress({ followed, pending, silent }: Progress, version: number): string {
  const all = followed.length + pending.length;
  const unheard =
    silent.length === 0 ? '' : ` ${count(silent.length, 'process is', 'processes are')} silent.`;
  if (all === 0)
    return `Version ${version} is published. No process has reported to the controller.${unheard}`;
  if (pending.length > 0)
    return `${followed.length} of ${count(all, 'process', 'processes')} follow version ${version}.${unheard}`;
  const slowest = slowestOf(followed);
  const took =
    slowest === undefined
      ? ''
      : ` The slowest took ${formatSeconds(slowest.propagation_seconds ?? 0)}: ${nameOf(slowest)}.`;
  return `All ${count(all, 'process follows', 'processes follow')} version ${version}.${took}${unheard}`;
}

/** Shows in the dialog who follows the version and who is waited for. Gives whether the last one follows. */
export function showProgress(answer: ProcessesAnswer, version: number): boolean {
  const progress = progressOf(answer, version);
  const { followed, pending, silent } = progress;
  fill(byId('watch-summary'), describeProgress(progress, version));
  setShares(byId('watch-bar'), [['go', followed.length / (followed.length + pending.length)]]);
  fill(
    byId('watch-list'),
    ...pending.map((process) => line(process, 'behind', `waiting, on ${process.version}`)),
    ...[...followed].sort(byTime).map((process) => line(process, 'current', followedIn(process))),
    ...silent.map((process) => line(process, 'silent', 'silent, not waited for')),
  );
  return pending.length === 0;
}

function followedIn({ propagation_seconds: seconds }: ProcessState): string {
  return seconds === null ? 'follows' : `followed in ${formatSeconds(seconds)}`;
}

function line(process: ProcessState, kind: string, text: string): HTMLElement {
  return element(
    'li',
    {},
    element('span', {}, nameOf(process)),
    element('span', { class: `state ${kind}` }, text),
  );
}

function nameOf({ process_name: name, host, pid }: ProcessState): string {
  return `${name} (${host}, pid ${pid})`;
}

function slowestOf(processes: readonly ProcessState[]): ProcessState | undefined {
  return [...processes].sort(byTime).find(({ propagation_seconds: seconds }) => seconds !== null);
}

/** Slowest first. */
function byTime(a: ProcessState, b: ProcessState): number {
  return (b.propagation_seconds ?? -1) - (a.propagation_seconds ?? -1);
}
