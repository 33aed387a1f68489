const COLON = 0x3a;
/** By character code: 1 where the character may stand. Beyond Latin-1 none may. */
const NAME = tableOf(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/);
const VALUE = tableOf(/[\t\x20-\x7e\x80-\xff]/);

/**
 * Reads one line of a head, from `start` to before `end`, as name and value, without white space around the value;
 * undefined if a character does not belong there. Takes time in proportion to the line, whatever is in it. Tables,
 * since an expression would need a string for the line and one for each group.
 */
export function readFieldLine(
  text: string,
  start = 0,
  end = text.length,
): { name: string; value: string } | undefined {
  let nameEnd = start;
  while (nameEnd < end && NAME[text.charCodeAt(nameEnd)] === 1) nameEnd += 1;
  if (nameEnd === start || nameEnd === end || text.charCodeAt(nameEnd) !== COLON) return undefined;
  // Not `trim`: it takes more than spaces and tabs, a non-breaking space say.
  let from = nameEnd + 1;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  for (let at = from; at < to; at += 1) if (VALUE[text.charCodeAt(at)] !== 1) return undefined;
  return { name: text.slice(start, nameEnd), value: text.slice(from, to) };
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function tableOf(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => Number(characters.test(String.fromCharCode(code))));
}
