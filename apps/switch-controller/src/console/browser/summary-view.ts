import type { MilestoneState, RatesAnswer } from './api-types.ts';
import { byId, element, fill } from './elements.ts';
import { setShares, shareBar } from './share-bar.ts';
import { formatRate, ownerName } from './format.ts';
import { createKeyedList, type ListEntry } from './keyed-list.ts';

const OWNERS = ['python', 'go', 'off'] as const;

/** Decisions per second by owner, or why they are not available. */
export function showRates(rates: RatesAnswer | undefined, problem: string | undefined): void {
  const target = byId('rates');
  if (rates?.available !== true) {
    const why = problem ?? rates?.why ?? 'not read yet';
    return fill(target, element('p', { class: 'note' }, `Not available: ${why}`));
  }
  const { owners } = rates;
  const perSecond = OWNERS.map((owner) => owners[owner] ?? 0);
  const total = perSecond.reduce((sum, each) => sum + each, 0);
  const legend = OWNERS.map((owner, index) =>
    element(
      'li',
      {},
      element('span', { class: `mark ${owner}` }, ownerName(owner)),
      ' ',
      element('strong', {}, formatRate(perSecond[index] ?? 0)),
    ),
  );
  fill(
    target,
    element('p', { class: 'figure' }, element('strong', {}, formatRate(total)), ' per second'),
    shareBar(OWNERS.map((owner, index) => [owner, (perSecond[index] ?? 0) / total])),
    element('ul', { class: 'legend' }, ...legend),
  );
}

/** M0 to M5: how much is on Go, and, unfolded, what is still on Python. */
export function createMilestonesView(): (milestones: readonly MilestoneState[]) => void {
  return createKeyedList<MilestoneState>(
    byId('milestones'),
    ({ milestone }) => milestone,
    ({ milestone }) => createMilestone(milestone),
  );
}

function createMilestone(name: string): ListEntry<MilestoneState> {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  const figures = element('span', { class: 'figures' });
  const left = element('p');
  const details = element(
    'details',
    {},
    element('summary', {}, element('span', { class: 'name' }, name), bar, figures),
    left,
  );
  return {
    root: element('li', {}, details),
    update: ({ total, on_go: onGo, on_python: onPython }) => {
      setShares(bar, [['go', onGo / total]]);
      fill(figures, total === 0 ? 'nothing to move' : `${onGo} of ${total} on Go`);
      fill(
        left,
        ...(onPython.length === 0
          ? ['Nothing is left on Python.']
          : ['Still on Python: ', element('code', {}, onPython.join(', '))]),
      );
    },
  };
}
