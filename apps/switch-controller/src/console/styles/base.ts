import { css } from '../css.ts';

export const BASE_STYLE = css`
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }

  html {
    font:
      14px/1.45 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      'DejaVu Sans',
      sans-serif;
    font-variant-numeric: tabular-nums;
    background: var(--page);
    color: var(--text);
    -webkit-text-size-adjust: 100%;
  }

  body {
    margin: 0 auto;
    max-width: 112rem;
    padding: 0 1.25rem 3rem;
  }

  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  fieldset {
    margin: 0;
    padding: 0;
  }

  ul,
  ol {
    list-style: none;
  }

  h1 {
    font-size: 1.15rem;
    line-height: 1.3;
  }

  h2 {
    font-size: 0.95rem;
    line-height: 1.3;
  }

  h3 {
    font-size: 0.9rem;
  }

  code {
    font-family: ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace;
    font-size: 0.88em;
    overflow-wrap: anywhere;
  }

  abbr {
    text-decoration: none;
  }

  [hidden] {
    display: none !important;
  }

  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }

  [tabindex='-1']:focus-visible {
    outline: none;
  }

  .spoken {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .skip {
    position: absolute;
    inset-block-start: -4rem;
    inset-inline-start: 1rem;
    padding: 0.5rem 1rem;
    background: var(--surface);
    color: var(--accent);
    z-index: 1;
  }

  .skip:focus {
    inset-block-start: 0.5rem;
  }

  .note,
  .meta {
    color: var(--muted);
    font-size: 0.88rem;
  }

  .problem {
    color: var(--warn);
    font-size: 0.88rem;
  }
`;
