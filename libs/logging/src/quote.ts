// Everything but printable ASCII is escaped, as Python does
const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
// eslint-disable-next-line no-control-regex -- no `u` flag: each half of a surrogate pair is one match
const BEYOND_ASCII = /[^\x00-\x7e]/g;

/** A JSON string, quoted, ASCII only. Lone surrogates become escapes, so the line is always valid UTF-8. */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replaceAll(
    BEYOND_ASCII,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// eslint-disable-next-line no-control-regex -- C0, DEL, C1 and the separators of Unicode
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g;
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r' };

/**
 * Text for one line: control characters other than the tab are spelt out. A client that sends a line
 * break or a terminal sequence cannot forge a log line with it.
 */
export function escapeControls(text: string): string {
  return text.replace(
    CONTROL,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
