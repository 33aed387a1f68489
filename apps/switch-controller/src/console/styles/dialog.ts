import { css } from '../css.ts';

export const DIALOG_STYLE = css`
  dialog {
    inline-size: min(34rem, calc(100vw - 1.5rem));
    max-block-size: calc(100vh - 2rem);
    padding: 1rem 1.25rem 1.25rem;
    color: var(--text);
    background: var(--surface);
    border: 1px solid var(--strong-line);
    border-radius: 0.6rem;
    overflow-y: auto;
  }

  dialog::backdrop {
    background: var(--shade);
  }

  dialog[aria-busy='true'] footer button {
    opacity: 0.6;
  }

  dialog header {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 1rem;
    margin-block-end: 0.6rem;
    overflow-wrap: anywhere;
  }

  dialog h2 {
    font-size: 1.05rem;
  }

  dialog form,
  #step-preview,
  #step-watch {
    display: grid;
    gap: 0.9rem;
  }

  #change-explanation:empty {
    display: none;
  }

  fieldset {
    border: 0;
    min-inline-size: 0;
  }

  .choices {
    display: grid;
    gap: 0.4rem;
  }

  legend {
    font-weight: 600;
    padding: 0;
    margin-block-end: 0.35rem;
  }

  .choices > label {
    display: flex;
    align-items: center;
    gap: 0.6rem;
  }

  #canary-selectors {
    display: grid;
    gap: 0.6rem;
    margin-inline-start: 0.45rem;
    padding-inline-start: 1.1rem;
    border-inline-start: 2px solid var(--line);
  }

  .field {
    display: grid;
    gap: 0.2rem;
  }

  .field > span {
    font-weight: 600;
  }

  .field small {
    font-weight: 400;
    font-size: 0.88rem;
    color: var(--muted);
    margin-inline-start: 0.3em;
  }

  dialog footer {
    display: flex;
    justify-content: flex-end;
    gap: 0.6rem;
  }

  #preview-table th:last-child,
  #preview-table td:last-child {
    white-space: normal;
    text-align: start;
  }

  #preview-table .from {
    color: var(--muted);
  }

  #preview-table .to {
    font-weight: 600;
  }

  #watch-list li {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 1rem;
    padding-block: 0.2rem;
    border-block-end: 1px solid var(--line);
    overflow-wrap: anywhere;
  }

  dialog h3 + table {
    margin-block-start: 0;
  }

  dialog .notice {
    margin-block-end: 0.8rem;
  }
`;
