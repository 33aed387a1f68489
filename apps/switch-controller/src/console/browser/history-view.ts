import type { Change, HistoryEntry } from './api-types.ts';
import { byId, codeName, element, fill, spoken } from './elements.ts';
import { formatAgo, formatTime } from './format.ts';
import { createKeyedList, type ListEntry } from './keyed-list.ts';
import type { RequestChange } from './subject.ts';

/** The last changes, newest first, each with the way back to it. */
export function createHistoryView(
  requestChange: RequestChange,
): (entries: readonly HistoryEntry[], currentVersion: number, nowMs: number) => void {
  let current = 0;
  let nowMs = 0;
  const list = createKeyedList<HistoryEntry>(
    byId('history'),
    ({ version }) => String(version),
    (entry) => createEntry(entry, requestChange, () => ({ current, nowMs })),
  );
  return (entries, currentVersion, now) => {
    current = currentVersion;
    nowMs = now;
    list(entries);
    byId('no-history').hidden = entries.length > 0;
  };
}

function createEntry(
  { version }: HistoryEntry,
  requestChange: RequestChange,
  surroundings: () => { current: number; nowMs: number },
): ListEntry<HistoryEntry> {
  const heading = element('h3', {}, 'Version ', element('code', {}, String(version)));
  const meta = element('p', { class: 'meta' });
  const reason = element('p', { class: 'reason' });
  const changes = element('ul', { class: 'changes' });
  const back = element(
    'button',
    { type: 'button', class: 'quiet' },
    'Roll back to this',
    spoken(` version ${version}`),
  );
  back.addEventListener('click', () => requestChange({ kind: 'rollback', toVersion: version }));
  const inForce = element('span', { class: 'state current' }, 'in force');
  const action = element('div', { class: 'action' }, back, inForce);
  return {
    root: element(
      'li',
      { 'data-version': String(version) },
      element('div', { class: 'who' }, heading, meta),
      element('div', { class: 'what' }, reason, changes),
      action,
    ),
    update: (entry) => {
      const { current, nowMs } = surroundings();
      fill(
        meta,
        entry.updated_by ?? 'unknown',
        ' · ',
        element(
          'time',
          { datetime: entry.updated_at, title: formatTime(entry.updated_at) },
          formatAgo(entry.updated_at, nowMs),
        ),
      );
      fill(reason, entry.reason ?? 'no reason given');
      fill(changes, ...changeLines(entry));
      back.hidden = entry.version >= current;
      inForce.hidden = entry.version !== current;
    },
  };
}

const MOST_LINES = 8;

function changeLines({ changes, rolled_back_to: target }: HistoryEntry): Node[] {
  const lines = [
    ...(typeof target === 'number' ? [element('li', {}, `rolled back to version ${target}`)] : []),
    ...changes.slice(0, MOST_LINES).map(changeLine),
  ];
  const rest = changes.length - MOST_LINES;
  if (rest > 0) lines.push(element('li', {}, `and ${rest} more`));
  return lines.length === 0 ? [element('li', {}, 'no owner changed')] : lines;
}

function changeLine({ field, from, to }: Change): HTMLElement {
  return element(
    'li',
    {},
    codeName(field),
    ' ',
    element('span', { class: 'value' }, from ?? 'not set'),
    element('span', { 'aria-hidden': 'true' }, ' → '),
    spoken(' becomes '),
    element('span', { class: 'value' }, to ?? 'not set'),
  );
}
