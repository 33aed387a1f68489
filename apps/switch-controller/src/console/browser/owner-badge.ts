import type { SwitchState } from './api-types.ts';
import { codeName, element, spoken } from './elements.ts';
import { describeCanary, ownerName } from './format.ts';

/**
 * Who owns something: a word, a shape and a colour. Filled if its own switch says so, outlined if the value is
 * inherited.
 */
export function stateBadge(state: SwitchState): HTMLElement {
  const { owner } = state;
  const known = ['python', 'go', 'off'].includes(owner) ? owner : 'unknown';
  const own = isOwn(state);
  return element(
    'span',
    { class: `badge ${known} ${own ? 'own' : 'inherited'}` },
    `${ownerName(owner)}${canaryOf(state) === undefined ? '' : ' canary'}`,
    spoken(own ? '' : ' (inherited)'),
  );
}

/** Whom the canary takes in, if there is one. */
export function canaryNote(state: SwitchState): Node[] {
  const canary = canaryOf(state);
  return canary === undefined ? [] : [element('span', { class: 'canary' }, canary)];
}

function canaryOf({ owner, canary }: SwitchState): string | undefined {
  return owner === 'go' ? describeCanary(canary) : undefined;
}

/** Whether the switch itself says what is in force. */
function isOwn({ written, owner, source }: SwitchState): boolean {
  return written === owner && source !== 'force';
}

/** What decides, in the words of the matrix; `parent` is the family of a capability. */
export function describeSource(state: SwitchState, parent?: string): Node[] {
  const { written, source } = state;
  const words = (text: string, kind = 'inherited') => element('span', { class: `by ${kind}` }, text);
  switch (source) {
    case 'force':
      return [words(`kill switch${written === null ? '' : ` (its switch says ${ownerName(written)})`}`)];
    case 'fail-closed':
      return [words(`unknown owner${written === null ? '' : ` “${written}”`} counts as Python`, 'fault')];
    case 'canary':
      return [words('a canary leaves all of v1 with Python')];
    case 'default':
      return [words('default')];
    default:
      if (written !== null) return [codeName(state.switch, { class: 'by own' })];
      return [element('span', { class: 'by inherited' }, 'family ', codeName(parent ?? ''))];
  }
}
