import { element, fill } from './elements.ts';

/** A part of a bar: its class, and its share of the whole, 0..1 (NaN if there is no whole). */
type Share = readonly [kind: string, share: number];

/** A bar of shares. It only repeats what stands beside it in words, so it is not read out. */
export function shareBar(shares: readonly Share[]): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  setShares(bar, shares);
  return bar;
}

/** Changes the shares of a bar in place. */
export function setShares(bar: Element, shares: readonly Share[]): void {
  fill(bar, ...shares.map(([kind, share]) => partOf(kind, share)));
}

function partOf(kind: string, share: number): HTMLElement {
  const part = element('span', { class: `share ${kind}` });
  // Set as a property: the policy forbids the attribute `style` in markup.
  part.style.setProperty('inline-size', `${(100 * (Number.isFinite(share) ? share : 0)).toFixed(2)}%`);
  return part;
}
