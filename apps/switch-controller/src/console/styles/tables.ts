import { css } from '../css.ts';

export const TABLE_STYLE = css`
  table {
    inline-size: 100%;
    border-collapse: collapse;
    margin-block-start: 0.4rem;
  }

  th,
  td {
    text-align: start;
    vertical-align: baseline;
    padding: 0.17rem 0.75rem 0.17rem 0;
    border-block-end: 1px solid var(--line);
    overflow-wrap: anywhere;
  }

  th:last-child,
  td:last-child {
    padding-inline-end: 0;
    text-align: end;
    white-space: nowrap;
  }

  tbody tr:last-child > * {
    border-block-end: 0;
  }

  thead th {
    font-size: 0.82rem;
    font-weight: 500;
    color: var(--muted);
    white-space: nowrap;
  }

  tbody th {
    font-weight: 400;
  }

  .owners tbody tr:hover {
    background: var(--raised);
  }

  .owners {
    table-layout: fixed;
  }

  .owners th:nth-child(1) {
    inline-size: 31%;
  }
  .owners th:nth-child(2) {
    inline-size: 7.6rem;
  }
  .owners th:nth-child(4) {
    inline-size: 3.6rem;
  }
  .owners th:nth-child(5) {
    inline-size: 4.6rem;
  }

  .workers th:nth-child(1) {
    inline-size: 43%;
  }
  .workers tbody th {
    font-size: 0.92em;
  }
  .workers th:nth-child(2) {
    inline-size: 6.2rem;
  }

  .owners .family > th {
    font-weight: 650;
  }

  .owners .family > * {
    padding-block-start: 0.55rem;
  }

  .owners .capability > th {
    padding-inline-start: 1.1rem;
  }

  .legend-line {
    float: inline-end;
    margin-block-start: -1.4rem;
    font-size: 0.82rem;
    color: var(--muted);
  }

  .legend-line .badge {
    min-inline-size: 0;
    margin-inline: 0.8em 0.3em;
    font-size: 0.8rem;
  }

  .milestone {
    color: var(--muted);
    font-size: 0.88rem;
  }

  .place {
    display: block;
    font-size: 0.82rem;
    color: var(--muted);
  }

  .processes .state + .state {
    margin-inline-start: 0.8em;
  }

  #history > li {
    display: grid;
    grid-template-columns: minmax(0, 11rem) minmax(0, 1fr) auto;
    gap: 0.2rem 1rem;
    align-items: baseline;
    padding-block: 0.5rem;
    border-block-end: 1px solid var(--line);
    overflow-wrap: anywhere;
  }

  #history > li:last-child {
    border-block-end: 0;
    padding-block-end: 0;
  }

  .changes {
    font-size: 0.88rem;
    color: var(--muted);
  }

  .changes code {
    font-size: 0.95em;
  }

  .changes .value {
    color: var(--text);
  }
`;
