/**
 * Where a value that starts at `start` ends: a quoted one at its quote, an unquoted one at a space, quote
 * or `&`. `quote` is the opening quote with the backslashes before it.
 */
export function valueEnd(text: string, start: number, quote: string): number {
  const mark = quote.at(-1);
  const backslashes = quote.replaceAll(/[^\\]/g, '').length;
  let index = start;
  for (; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (mark === undefined) {
      if (/[\s&"'<>]/.test(char)) break;
    } else if (char === mark) {
      let escapes = 0;
      while (index - escapes > start && text[index - escapes - 1] === '\\') escapes += 1;
      if (escapes <= backslashes) return index - escapes;
    }
  }
  return index;
}
