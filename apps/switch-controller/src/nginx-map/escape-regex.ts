/**
 * A name as a regular expression of nginx that matches it and nothing else. Every byte but letters, digits, `-`,
 * `_` and `/` is written as `\\xHH`: nothing is left that PCRE or the quoting of nginx could give a meaning. (The
 * backslash is doubled: within quotes nginx takes one away.)
 */
export function escapeRegex(name: string): string {
  let escaped = '';
  for (const byte of Buffer.from(name, 'utf8')) {
    const char = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9_/-]/.test(char) ? char : `\\\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return escaped;
}

/** A regular expression of our own for nginx's double quotes. */
export function quoteRegex(pattern: string): string {
  return pattern.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** Text for a comment: one line, whatever somebody wrote. */
export function commentText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 300);
}
