/** Reads strings out of a JSON object that arrives in pieces. */
export type JsonStrings = {
  push(piece: Buffer): void;
  /**
   * `open` until the object ends; `complete` then, if nothing but white space follows; `broken` if this is no JSON
   * object. It does not check more than it needs: whoever the document is for reads it with a parser.
   */
  state(): 'open' | 'complete' | 'broken';
};

/** Strings at greater depth are never looked at, so that the depth of a document costs nothing. */
const MAX_DEPTH = 3;
/** Of a key or value with its escapes. */
const MAX_STRING_BYTES = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/**
 * Tells `found` the string values of the wanted paths, in their order: `state` is a member of the document,
 * `layers[].hash` one of each object in its list `layers`. The memory that it takes is bounded, however deep, long or
 * broken the document is; a value of more than 512 bytes counts as ''.
 */
export function createJsonStrings(
  wanted: readonly string[],
  found: (path: string, value: string) => void,
): JsonStrings {
  // Inside, the key '' must not be taken for no key: a path begins with a dot.
  const paths = new Set(wanted.map((path) => `.${path}`));
  /** At depth n, which is 1 inside the document: the path that leads here, and whether this is a list. */
  const places: { path: string; isList: boolean; key: string }[] = [];
  let depth = 0;
  let state: 'open' | 'complete' | 'broken' = 'open';
  let expectsKey = false;
  let inString = false;
  /** The byte before was a backslash that stands for no other one. */
  let escaped = false;
  let kept: Buffer[] | undefined;
  let keptBytes = 0;

  const place = () => (depth <= MAX_DEPTH ? places[depth] : undefined);
  const pathOfValue = (): string => {
    const here = place();
    if (here === undefined) return '';
    return here.isList ? `${here.path}[]` : `${here.path}.${here.key}`;
  };

  const enter = (isList: boolean): void => {
    const path = depth === 0 ? '' : pathOfValue();
    depth += 1;
    if (depth <= MAX_DEPTH) places[depth] = { path, isList, key: '' };
    expectsKey = !isList;
  };

  const leave = (isList: boolean): void => {
    const here = place();
    if (depth === 0 || (here !== undefined && here.isList !== isList)) {
      state = 'broken';
      return;
    }
    depth -= 1;
    expectsKey = false;
    if (depth === 0) state = 'complete';
  };

  const beginString = (): void => {
    inString = true;
    escaped = false;
    keptBytes = 0;
    const here = place();
    const isKey = here !== undefined && !here.isList && expectsKey;
    kept = isKey || paths.has(pathOfValue()) ? [] : undefined;
  };

  const endString = (): void => {
    inString = false;
    if (kept === undefined) return;
    const text = keptBytes > MAX_STRING_BYTES ? '' : unescaped(Buffer.concat(kept));
    kept = undefined;
    const here = place();
    // A key that looks like a path must not be taken for one.
    if (here !== undefined && !here.isList && expectsKey) here.key = /[.[\]]/.test(text) ? '' : text;
    else found(pathOfValue().slice(1), text);
  };

  /** Reads a string on from `start`; returns where it goes on behind it, or the end of the piece. */
  const readString = (piece: Buffer, start: number): number => {
    let at = start;
    for (;;) {
      const quote = piece.indexOf(QUOTE, at);
      const end = quote === -1 ? piece.length : quote;
      let backslashes = end;
      while (backslashes > start && piece[backslashes - 1] === BACKSLASH) backslashes -= 1;
      // Those at the beginning of what is read now go on from the piece before.
      const odd = ((end - backslashes) % 2 === 1) !== (backslashes === start && escaped);
      if (quote === -1 || !odd) {
        keep(piece, start, end);
        if (quote !== -1) {
          endString();
          return quote + 1;
        }
        escaped = odd;
        return end;
      }
      at = quote + 1;
    }
  };

  const keep = (piece: Buffer, start: number, end: number): void => {
    if (kept === undefined || start === end) return;
    keptBytes += end - start;
    if (keptBytes <= MAX_STRING_BYTES) kept.push(Buffer.from(piece.subarray(start, end)));
    else kept = [];
  };

  /** One byte outside of strings. */
  const readByte = (byte: number | undefined): void => {
    if (depth === 0) {
      if (isSpace(byte)) return;
      if (byte === OPEN && state === 'open') enter(false);
      else state = 'broken';
    } else if (byte === QUOTE) beginString();
    else if (byte === OPEN) enter(false);
    else if (byte === OPEN_LIST) enter(true);
    else if (byte === CLOSE) leave(false);
    else if (byte === CLOSE_LIST) leave(true);
    else if (byte === COLON) expectsKey = false;
    else if (byte === COMMA) expectsKey = place()?.isList === false;
  };

  return {
    push(piece) {
      let at = 0;
      while (at < piece.length && state !== 'broken') {
        if (inString) at = readString(piece, at);
        else {
          readByte(piece[at]);
          at += 1;
        }
      }
    },
    state: () => state,
  };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function unescaped(raw: Buffer): string {
  const text = raw.toString('utf8');
  if (!text.includes('\\')) return text;
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
