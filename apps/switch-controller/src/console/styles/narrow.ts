import { css } from '../css.ts';

/** Tables become lists of small cards; the roles in the markup keep them tables for screen readers. */
export const NARROW_STYLE = css`
  @media (max-width: 75rem) {
    main {
      grid-template-columns: minmax(0, 1fr);
      grid-template-areas: 'tiles' 'routes' 'workers' 'processes' 'history';
    }

    .tiles {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }

    .tile.wide {
      grid-column: 1 / -1;
    }
  }

  @media (max-width: 40rem) {
    body {
      padding-inline: 0.6rem;
    }

    .head {
      position: static;
      flex-wrap: wrap;
      margin-inline: -0.6rem;
      padding-inline: 0.8rem;
    }

    .head .title {
      flex-basis: 100%;
    }

    #connection {
      flex: 1;
    }

    main,
    .tiles {
      gap: 0.6rem;
    }

    .tile,
    .panel {
      padding: 0.7rem 0.8rem 0.8rem;
    }

    .legend-line {
      float: none;
      margin: 0.3rem 0 0;
    }

    .legend-line .badge:first-child {
      margin-inline-start: 0;
    }

    main thead {
      display: none;
    }

    main tbody tr {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 0.75rem;
      align-items: center;
      padding-block: 0.35rem;
      border-block-end: 1px solid var(--line);
    }

    main tbody tr > * {
      padding: 0.05rem 0;
      border: 0;
    }

    .owners .capability {
      padding-inline-start: 0.8rem;
    }

    .owners .capability > th,
    .owners .family > * {
      padding: 0.05rem 0;
    }

    .owners tbody th:nth-child(1) {
      inline-size: auto;
    }

    .processes tbody tr > * {
      text-align: start;
    }

    .processes td:nth-child(even) {
      text-align: end;
    }

    .processes [data-label]::before {
      content: attr(data-label) ' ';
      font-size: 0.82rem;
      color: var(--muted);
    }

    .owners .milestone {
      display: none;
    }

    .owners th {
      grid-area: 1 / 1;
    }
    .owners .action {
      grid-area: 1 / 2;
    }
    .owners .owner {
      grid-area: 2 / 1;
    }
    .owners .source {
      grid-area: 2 / 2;
      text-align: end;
    }

    .owners .source:has(code.own) {
      grid-area: 3 / 1 / auto / -1;
      text-align: start;
    }

    #history > li {
      grid-template-columns: minmax(0, 1fr) auto;
    }

    #history .what {
      grid-area: 2 / 1 / auto / -1;
    }
  }
`;
