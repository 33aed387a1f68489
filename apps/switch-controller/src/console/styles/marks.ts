import { css } from '../css.ts';

/** Owners and states: a word, a shape, a colour. Filled is what a switch says itself, outlined what it inherits. */
export const MARK_STYLE = css`
  .badge {
    --tone: var(--python);
    --on-tone: var(--on-python);
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    min-inline-size: 5.8em;
    white-space: nowrap;
    padding: 0 0.6em;
    border: 1px solid var(--tone);
    border-radius: 0.3rem;
    font-size: 0.85rem;
    line-height: 1.45;
    color: var(--on-tone);
    background: var(--tone);
  }

  .badge.inherited {
    color: var(--tone);
    background: transparent;
    border-style: dashed;
    border-color: color-mix(in srgb, var(--tone) 45%, transparent);
  }

  .badge.go {
    --tone: var(--go);
    --on-tone: var(--on-go);
  }

  .badge.off,
  .badge.unknown {
    --tone: var(--off);
    --on-tone: var(--on-off);
  }

  .mark.python {
    color: var(--python);
  }
  .mark.go {
    color: var(--go);
  }
  .mark.off {
    color: var(--off);
  }

  .mark {
    display: inline-flex;
    align-items: center;
    gap: 0.45em;
  }

  .badge::before,
  .mark::before {
    content: '';
    flex: none;
    inline-size: 0.6em;
    block-size: 0.6em;
    border: 2px solid currentcolor;
    border-radius: 50%;
  }

  .badge.go::before,
  .mark.go::before {
    background: currentcolor;
    border-radius: 0.1em;
    transform: rotate(45deg) scale(0.85);
  }

  .badge.off::before,
  .mark.off::before {
    border: 0;
    border-radius: 0;
    background: linear-gradient(currentcolor, currentcolor) center / 100% 2px no-repeat;
  }

  .canary {
    display: block;
    font-size: 0.85rem;
    color: var(--warn);
    overflow-wrap: anywhere;
  }

  .by {
    font-size: 0.85rem;
  }

  .by.inherited {
    color: var(--muted);
  }

  .by.fault {
    color: var(--danger);
  }

  .state {
    display: inline-flex;
    align-items: center;
    gap: 0.45em;
    font-size: 0.88rem;
    color: var(--good);
  }

  .state::before {
    content: '✓';
  }

  .state.behind {
    color: var(--warn);
  }

  .state.behind::before {
    content: '…';
  }

  .state.silent,
  .state.unknown {
    color: var(--danger);
  }

  .state.silent::before,
  .state.unknown::before {
    content: '!';
    font-weight: 700;
  }
`;
