import { css } from '../css.ts';

export const CONTROL_STYLE = css`
  button {
    font: inherit;
    color: var(--text);
    background: var(--surface);
    border: 1px solid var(--strong-line);
    border-radius: 0.35rem;
    padding: 0.35rem 0.9rem;
    cursor: pointer;
  }

  button:hover {
    background: var(--raised);
  }

  button:disabled {
    cursor: default;
    opacity: 0.6;
  }

  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }

  button.primary:hover:enabled {
    filter: brightness(1.1);
  }

  button.danger {
    border-color: var(--danger);
    color: var(--danger);
  }

  button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--accent);
    padding: 0.05rem 0.5rem;
  }

  button.quiet:hover {
    border-color: var(--accent);
  }

  button.link {
    border: 0;
    padding: 0;
    background: none;
    color: var(--accent);
    text-decoration: underline;
  }

  input[type='text'],
  input[type='password'],
  input[type='number'],
  textarea {
    font: inherit;
    inline-size: 100%;
    color: var(--text);
    background: var(--surface);
    border: 1px solid var(--strong-line);
    border-radius: 0.35rem;
    padding: 0.35rem 0.6rem;
  }

  textarea {
    resize: vertical;
  }

  input[type='radio'] {
    accent-color: var(--accent);
    margin: 0;
    inline-size: 1rem;
    block-size: 1rem;
    flex: none;
  }
`;
