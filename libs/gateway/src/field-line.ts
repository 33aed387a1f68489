const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Reads one line of a head as name and value, without white space around the value; undefined if a character does
 * not belong there. Takes time in proportion to the line, whatever is in it.
 */
export function readFieldLine(line: string): { name: string; value: string } | undefined {
  const field = FIELD_LINE.exec(line);
  return field === null ? undefined : { name: field[1] ?? '', value: trimBlanks(field[2] ?? '') };
}

/** Not `trim`: it takes more than spaces and tabs, a non-breaking space say. */
function trimBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
