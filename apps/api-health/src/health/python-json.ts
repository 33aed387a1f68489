/** What the answers are made of. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/**
 * The bytes that Flask's `jsonify` sends in production: keys sorted, no spaces, everything beyond ASCII escaped, a
 * line feed at the end (contract section 10). Numbers have to be integers, for Python writes others differently.
 */
export function pythonJson(value: JsonValue): string {
  const text = JSON.stringify(sorted(value));
  // Python escapes DEL too, and a character beyond U+FFFF as its two surrogates.
  return `${text.replace(/[\u007f-\uffff]/g, escapeUnit)}\n`;
}

function sorted(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(sorted);
  const entries = Object.entries(value).flatMap(([key, each]) =>
    each === undefined ? [] : [[key, sorted(each)] as const],
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
