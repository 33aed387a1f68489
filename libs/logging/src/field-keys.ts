import { quote } from './quote.ts';
import { classifyKey, type KeyKind } from './secret-keys.ts';
import { FILTERED } from './filtered.ts';
import { scrubText } from './scrub-text.ts';

/** A field name: what it says about its value, and its spelling in JSON with the colon. */
export type Key = { readonly kind: KeyKind; readonly quoted: string };

const MAX_KEYS = 2_000;
const MAX_KEY_LENGTH = 64;
const BLOB_CHARACTERS = 8;
const keys = new Map<string, Key>();

/** Field names repeat from line to line: what one means and how it is spelt is worked out once. */
export function keyOf(name: string): Key {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = { kind: kindOf(name), quoted: `${quote(scrubText(name))}: ` };
  if (name.length <= MAX_KEY_LENGTH && keys.size < MAX_KEYS) keys.set(name, key);
  return key;
}

/** As {@link classifyKey}; what is too long to be a name is open. Nothing is remembered. */
export function kindOf(name: string): KeyKind {
  return keys.get(name)?.kind ?? (name.length > 4 * MAX_KEY_LENGTH ? 'open' : classifyKey(name));
}

/** Empty values stay: that a password is not set is worth knowing, and Python keeps them too. */
export function hides(kind: KeyKind, value: unknown): boolean {
  if (kind === 'open' || !value) return false;
  if (kind === 'filtered') return true;
  if (typeof value === 'boolean') return false;
  return kind !== 'token' || (typeof value !== 'number' && typeof value !== 'bigint');
}

/** What is written in the place of a hidden value, as JSON. */
export function hiddenText(kind: KeyKind, value: unknown): string {
  if (kind !== 'blob' || (typeof value !== 'string' && typeof value !== 'number')) return `"${FILTERED}"`;
  // By code points, as Python counts: half a surrogate pair is no character.
  return quote([...String(value).slice(0, 2 * BLOB_CHARACTERS)].slice(0, BLOB_CHARACTERS).join(''));
}
