import { byId } from './elements.ts';
import type { TokenMemory } from './token-memory.ts';

/** The password field for the token; hidden once the controller knows the one that was entered. */
export type TokenField = {
  readonly input: HTMLInputElement;
  begin(): void;
  /** Moves what was typed into the memory. Gives whether there is a token now. */
  take(): boolean;
  /** The token was wrong: it is forgotten and asked for again. */
  refuse(): void;
  clear(): void;
};

export function createTokenField(tokens: TokenMemory): TokenField {
  const input = byId('token', HTMLInputElement);
  const row = byId('token-row');
  const known = byId('token-known');
  const show = (): void => {
    input.value = '';
    row.hidden = tokens.get() !== undefined;
    known.hidden = !row.hidden;
  };
  const refuse = (): void => {
    tokens.forget();
    show();
  };
  byId('token-other').addEventListener('click', () => {
    refuse();
    input.focus();
  });
  return {
    input,
    begin: show,
    take: () => {
      const typed = input.value.trim();
      if (!row.hidden && typed !== '') tokens.set(typed);
      const there = tokens.get() !== undefined;
      if (there) show();
      return there;
    },
    refuse,
    clear: () => {
      input.value = '';
    },
  };
}
