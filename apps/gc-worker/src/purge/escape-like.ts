/** Text for a LIKE pattern that stands for itself: `_` and `%` are frequent in names. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
