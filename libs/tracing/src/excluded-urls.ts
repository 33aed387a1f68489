const KEY = 'OTEL_TRACING_EXCLUDED_URLS';
// A careless expression can take time that grows with a power of the length of what a client sends.
const SEARCHED_CHARACTERS = 2048;

/** Whether a URL (`scheme://host/path?query`) is excluded from tracing. Undefined: none ever is. */
export type UrlExclusion = ((url: string) => boolean) | undefined;

/**
 * Expressions of `OTEL_TRACING_EXCLUDED_URLS`, searched anywhere in the URL as Python's `re.search` does
 * (contract section 12). What JavaScript cannot read is reported and left out; the others keep working.
 */
export function createUrlExclusion(
  expressions: readonly string[],
  onProblem: (message: string, fields: Record<string, unknown>) => void,
): UrlExclusion {
  const compiled: RegExp[] = [];
  for (const expression of expressions) {
    const text = expression.trim();
    // An empty one, from a trailing comma, would match every URL.
    if (text === '') continue;
    try {
      compiled.push(new RegExp(fromPython(text)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onProblem(`${KEY}: the expression "${text}" is not valid and is ignored: ${reason}`, {
        key: KEY,
        expression: text,
      });
    }
  }
  if (compiled.length === 0) return undefined;
  return (url) => {
    const searched = url.length > SEARCHED_CHARACTERS ? url.slice(0, SEARCHED_CHARACTERS) : url;
    for (const expression of compiled) if (expression.test(searched)) return true;
    return false;
  };
}

/** The spellings that differ between the two languages and that someone might use for a URL. */
function fromPython(expression: string): string {
  const ported = expression
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, String.raw`\k<$1>`)
    .replace(/\\(.)/gs, (escape, letter: string) => (letter === 'A' ? '^' : letter === 'Z' ? '$' : escape));
  return ported.startsWith('(?i)') ? `(?i:${ported.slice('(?i)'.length)})` : ported;
}
