import { byId, element, fill, setAttribute } from './elements.ts';
import type { ConsoleState } from './console-state.ts';
import { formatAgo, formatTime } from './format.ts';

/** Says a text to screen readers, politely. */
export function announce(text: string): void {
  byId('announcer').textContent = text;
}

/** Head of the page: version in force, kill switch, whether what is shown is fresh. */
export function showStatus(state: ConsoleState, nowMs: number, readAtMs: number | undefined): void {
  showConnection(state, readAtMs);
  const { switches } = state;
  if (switches === undefined) return;
  const { updated_by: by, updated_at: at, reason } = switches;
  fill(
    byId('in-force'),
    'Version ',
    element('code', {}, String(switches.version)),
    ` by ${by ?? 'unknown'}, `,
    element('time', { datetime: at, title: formatTime(at) }, formatAgo(at, nowMs)),
    ...(reason === undefined || reason === null
      ? []
      : [' ', element('span', { class: 'reason' }, `“${reason}”`)]),
  );
  const forced = switches.force_python;
  byId('forced').hidden = !forced;
  const button = byId('kill-switch', HTMLButtonElement);
  button.disabled = false;
  fill(button, forced ? 'Release the kill switch' : 'Force all to Python');
  setAttribute(button, 'class', forced ? 'primary' : 'danger');
  const warnings = byId('warnings');
  warnings.hidden = switches.warnings.length === 0;
  fill(warnings, ...switches.warnings.map((warning) => element('li', {}, warning)));
}

function showConnection({ problems }: ConsoleState, readAtMs: number | undefined): void {
  const connection = byId('connection');
  const problem = problems.switches;
  if (problem === undefined) {
    fill(connection, 'Live');
    setAttribute(connection, 'class', 'live');
    return;
  }
  const since =
    readAtMs === undefined ? '' : `; shown is the state of ${formatTime(new Date(readAtMs).toISOString())}`;
  fill(connection, `No news from the controller (${problem})${since}`);
  setAttribute(connection, 'class', 'stale');
}
