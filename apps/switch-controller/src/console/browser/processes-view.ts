import type { ProcessesAnswer, ProcessState } from './api-types.ts';
import { byId, element, fill } from './elements.ts';
import { formatAgo, formatSeconds } from './format.ts';
import { shareBar } from './share-bar.ts';
import { createKeyedList, type ListEntry } from './keyed-list.ts';

/** The table of processes; `update` also needs the time by the controller's clock. */
export function createProcessesView(): (answer: ProcessesAnswer, nowMs: number) => void {
  let nowMs = 0;
  const list = createKeyedList<ProcessState>(
    byId('processes'),
    ({ id }) => id,
    () => createRow(() => nowMs),
  );
  return (answer, now) => {
    nowMs = now;
    list([...answer.processes].sort(byName));
    byId('no-processes').hidden = answer.processes.length > 0;
    fill(byId('propagation'), ...describePropagation(answer));
  };
}

/** How far the version in force has come, in a large line and a small one. */
function describePropagation(answer: ProcessesAnswer): Node[] {
  const { processes, slowest_propagation_seconds: slowest } = answer;
  const following = processes.filter(({ status }) => status === 'current').length;
  const silent = processes.filter(({ status }) => status === 'silent').length;
  const details = [
    slowest === null ? 'nobody has followed a change yet' : `slowest took ${formatSeconds(slowest)}`,
    ...(silent === 0 ? [] : [`${silent} silent`]),
  ];
  return [
    element(
      'p',
      { class: 'figure' },
      element('strong', {}, `${following} of ${processes.length}`),
      ` ${processes.length === 1 ? 'process follows' : 'processes follow'}`,
    ),
    shareBar([['go', following / processes.length]]),
    element('p', { class: 'note' }, details.join(' · ')),
  ];
}

function createRow(nowMs: () => number): ListEntry<ProcessState> {
  const name = element('th', { role: 'rowheader', scope: 'row' });
  // The label shows where there is no room for the table's head.
  const cell = (kind: string, label?: string) =>
    element('td', { role: 'cell', class: kind, ...(label === undefined ? {} : { 'data-label': label }) });
  const [version, age, propagation, status] = [
    cell('version'),
    cell('age', 'age'),
    cell('propagation', 'took'),
    cell('status'),
  ];
  return {
    root: element('tr', { role: 'row' }, name, version, status, age, propagation),
    update: (process) => {
      fill(
        name,
        process.process_name,
        element('span', { class: 'place' }, `${process.host} · pid ${process.pid}`),
      );
      fill(version, element('code', {}, String(process.version)));
      const snapshotAge = process.snapshot_age_seconds;
      fill(age, snapshotAge === null ? '–' : formatSeconds(snapshotAge));
      const took = process.propagation_seconds;
      fill(propagation, took === null ? '–' : formatSeconds(took));
      fill(status, ...statusOf(process, nowMs()));
    },
  };
}

const STATUS: Readonly<Record<string, string>> = { current: 'follows', behind: 'behind', silent: 'silent' };
const PHASES: Readonly<Record<string, string>> = {
  'last-known-good': 'last known good',
  'fail-closed': 'fail-closed: all Python',
};

function statusOf(process: ProcessState, nowMs: number): Node[] {
  const { status } = process;
  const known = Object.hasOwn(STATUS, status) ? status : 'unknown';
  const silence = status === 'silent' ? `, seen ${formatAgo(process.last_seen, nowMs)}` : '';
  const phase = PHASES[process.state];
  return [
    element('span', { class: `state ${known}` }, `${STATUS[status] ?? status}${silence}`),
    ...(phase === undefined ? [] : [element('span', { class: 'state behind' }, phase)]),
  ];
}

function byName(a: ProcessState, b: ProcessState): number {
  return (
    compare(a.process_name, b.process_name) ||
    compare(a.host, b.host) ||
    compare(String(a.pid), String(b.pid)) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
