import type { Change, DryRunAnswer } from './api-types.ts';
import { byId, codeName, element, fill } from './elements.ts';

/** Shows what the dry run says that would change. Gives whether anything would. */
export function showPreview(
  { next_version: next, changes, warnings }: DryRunAnswer,
  reason: string,
): boolean {
  byId('preview-reason').textContent = reason;
  fill(byId('preview-rows'), ...changes.map(previewRow));
  byId('preview-table').hidden = changes.length === 0;
  byId('preview-nothing').hidden = changes.length > 0;
  const list = byId('preview-warnings');
  list.hidden = warnings.length === 0;
  fill(list, ...warnings.map((warning) => element('li', {}, warning)));
  const publish = byId('publish', HTMLButtonElement);
  publish.disabled = changes.length === 0;
  publish.textContent = `Publish version ${next}`;
  return changes.length > 0;
}

function previewRow({ field, from, to }: Change): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, codeName(field)),
    valueCell('from', from),
    valueCell('to', to),
  );
}

function valueCell(kind: 'from' | 'to', value: string | null): HTMLElement {
  return value === null
    ? element('td', { class: `${kind} absent` }, 'not set')
    : element('td', { class: kind }, value);
}
