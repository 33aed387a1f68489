import { css } from '../css.ts';

export const LAYOUT_STYLE = css`
  .head {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: 0.5rem 1.25rem;
    margin: 0 -1.25rem 1rem;
    padding: 0.6rem 1.25rem;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }

  .head .title {
    flex: 1;
    min-inline-size: 0;
  }

  #in-force {
    color: var(--muted);
    font-size: 0.88rem;
    overflow-wrap: anywhere;
  }

  #in-force .reason {
    margin-inline-start: 0.6em;
    color: var(--text);
  }

  #connection {
    font-size: 0.88rem;
    color: var(--muted);
    overflow-wrap: anywhere;
  }

  #connection::before {
    content: '';
    display: inline-block;
    inline-size: 0.55em;
    block-size: 0.55em;
    margin-inline-end: 0.5em;
    border-radius: 50%;
    background: var(--good);
  }

  #connection.stale {
    color: var(--warn);
    max-inline-size: 30rem;
  }

  #connection.stale::before {
    border-radius: 0;
    background: var(--warn);
  }

  .notice {
    margin-block-end: 1rem;
    padding: 0.6rem 0.9rem;
    border-radius: 0.4rem;
    border-inline-start: 4px solid currentcolor;
    overflow-wrap: anywhere;
  }

  .notice.danger {
    color: var(--danger);
    background: var(--danger-back);
  }

  .notice.warn {
    color: var(--warn);
    background: var(--warn-back);
  }

  .notice.warn a {
    color: inherit;
  }

  .notice.good {
    color: var(--good);
    background: var(--good-back);
  }

  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    grid-template-areas:
      'tiles tiles'
      'routes workers'
      'processes history';
    gap: 1rem;
    align-items: start;
  }

  .tiles {
    grid-area: tiles;
    display: grid;
    grid-template-columns: minmax(12rem, 1fr) minmax(14rem, 1fr) minmax(0, 2.4fr);
    gap: 1rem;
  }

  .tile,
  .panel {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    padding: 0.8rem 1rem 1rem;
    min-inline-size: 0;
  }

  .routes {
    grid-area: routes;
  }
  .workers {
    grid-area: workers;
  }
  .processes {
    grid-area: processes;
  }
  .history {
    grid-area: history;
  }

  .figure {
    margin-block-start: 0.35rem;
  }

  .figure strong {
    font-size: 1.5rem;
    font-weight: 600;
    line-height: 1.2;
  }

  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.15rem 1rem;
    font-size: 0.88rem;
  }

  #milestones {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
    gap: 0.2rem 1.5rem;
    margin-block-start: 0.35rem;
  }

  #milestones summary {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    font-size: 0.88rem;
    cursor: pointer;
  }

  #milestones .name {
    font-weight: 600;
    inline-size: 1.8em;
  }

  #milestones .figures {
    color: var(--muted);
    min-inline-size: 8em;
  }

  #milestones details p {
    padding: 0.25rem 0 0.4rem 1.4em;
    font-size: 0.88rem;
    color: var(--muted);
  }

  .bar {
    display: flex;
    flex: 1;
    min-inline-size: 3rem;
    block-size: 0.5rem;
    border-radius: 0.25rem;
    border: 1px solid var(--strong-line);
    overflow: hidden;
  }

  .share.python {
    background: var(--python);
  }
  .share.go {
    background: var(--go);
  }
  .share.off {
    background: var(--off);
  }

  .tile > div > .bar {
    margin-block: 0.35rem 0.4rem;
  }
`;
