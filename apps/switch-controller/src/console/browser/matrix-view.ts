import { codeName, element, fill, setAttribute, spoken } from './elements.ts';
import { createKeyedList, type ListEntry } from './keyed-list.ts';
import type { MatrixRow } from './matrix-rows.ts';
import { canaryNote, describeSource, stateBadge } from './owner-badge.ts';
import type { RequestChange } from './subject.ts';

/** Keeps the rows of one table of owners; `body` has the columns name, owner, decided by, milestone, change. */
export function createMatrixView(
  body: HTMLElement,
  requestChange: RequestChange,
): (rows: readonly MatrixRow[]) => void {
  return createKeyedList<MatrixRow>(
    body,
    ({ state }) => state.switch,
    (row) => createRow(row, requestChange),
  );
}

function createRow(first: MatrixRow, requestChange: RequestChange): ListEntry<MatrixRow> {
  let row = first;
  const change = element('button', { type: 'button', class: 'quiet' }, 'Change', spoken(` ${row.name}`));
  change.addEventListener('click', () => requestChange(row.subject));
  const owner = element('td', { role: 'cell', class: 'owner' });
  const source = element('td', { role: 'cell', class: 'source' });
  const milestone = element('td', { role: 'cell', class: 'milestone' });
  const root = element(
    'tr',
    { role: 'row', class: row.level, 'data-switch': row.state.switch },
    element('th', { role: 'rowheader', scope: 'row' }, ...codeName(row.name).childNodes),
    owner,
    source,
    milestone,
    element('td', { role: 'cell', class: 'action' }, change),
  );
  return {
    root,
    update: (next) => {
      row = next;
      fill(owner, stateBadge(row.state));
      fill(source, ...describeSource(row.state, row.parent), ...canaryNote(row.state));
      fill(milestone, row.milestone);
      setAttribute(root, 'data-owner', row.state.owner);
    },
  };
}
