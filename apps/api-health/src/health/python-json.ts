/** What the answers are made of. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/**
 * The bytes that Flask's `jsonify` sends in production: keys sorted, no spaces, everything beyond ASCII escaped, a
 * line feed at the end (contract section 10). Numbers have to be integers, for Python writes others differently.
 */
export function pythonJson(value: JsonValue): string {
  // Python escapes DEL too, and a character beyond U+FFFF as its two surrogates.
  return `${textOf(value).replace(/[\u007f-\uffff]/g, escapeUnit)}\n`;
}

/** Not `JSON.stringify` of a sorted object: keys that look like numbers come first there. */
function textOf(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(textOf).join()}]`;
  const entries = Object.entries(value).flatMap(([key, each]) =>
    each === undefined ? [] : [[key, each] as const],
  );
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${textOf(each)}`).join()}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
