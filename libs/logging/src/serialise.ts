import { errorText, isError } from './error-text.ts';
import { hiddenText, hides, keyOf, kindOf, type Key } from './field-keys.ts';
import { quote } from './quote.ts';
import { FILTERED } from './filtered.ts';
import { scrubText } from './scrub-text.ts';
import type { KeyKind } from './secret-keys.ts';

/** Below this depth a value is a marker: a line is for reading, and a graph of objects has no end. */
const MAX_DEPTH = 10;
/** Values written per line. */
const MAX_NODES = 10_000;
// The other way to write a header, a form field, a setting or a command.
const LABEL_KEYS = new Set(['name', 'key', 'header', 'field', 'param', 'parameter', 'setting', 'command']);
const VALUE_KEYS = new Set(['value', 'values', 'val', 'args']);
const MAX_LABEL_LENGTH = 9;
const TRUNCATED = '"[Truncated]"';

type Walk = { nodes: number; ancestors: object[] };

/**
 * A value as redacted JSON in Python's spelling: ASCII only, `", "` and `": "` between parts. It never
 * throws and never changes the value; what JSON cannot hold becomes a string.
 */
export function serialise(value: unknown): string {
  return write(value, { nodes: 0, ancestors: [] }) ?? 'null';
}

/** The entries of an object, redacted, without the braces: `"a": 1, "b": "x"`; empty for none. */
export function serialiseEntries(fields: object, skipKey?: string): string {
  try {
    return writeEntries(fields, { nodes: 0, ancestors: [fields] }, skipKey);
  } catch (error) {
    return `"unreadable": ${unreadable(error)}`;
  }
}

/** `undefined` means: leave this entry out. */
function write(value: unknown, walk: Walk): string | undefined {
  switch (typeof value) {
    case 'string':
      return quote(scrubText(value));
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return undefined;
    case 'bigint':
      return `"${value.toString()}"`;
    case 'object':
      return value === null ? 'null' : writeObject(value, walk);
    case 'function':
      return quote(`[Function ${value.name}]`);
    case 'symbol':
      return quote(scrubText(textOf(value)));
  }
}

function writeObject(value: object, walk: Walk): string {
  if (walk.ancestors.length >= MAX_DEPTH) return TRUNCATED;
  if (walk.ancestors.includes(value)) return '"[Circular]"';
  walk.ancestors.push(value);
  try {
    return writeUnguarded(value, walk);
  } catch (error) {
    return unreadable(error);
  } finally {
    walk.ancestors.pop();
  }
}

function writeUnguarded(value: object, walk: Walk): string {
  if (Array.isArray(value)) return writeArray(value, walk);
  if (isError(value)) return quote(`Exception: ${scrubText(errorText(value))}`);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '"Invalid Date"' : `"${value.toISOString()}"`;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `"[${value.byteLength} bytes]"`;
  if (value instanceof Map) return `{${writePairs(value.entries(), walk)}}`;
  if (value instanceof Set) return writeArray([...value], walk);
  if (hasToJson(value)) {
    const json = value.toJSON();
    return json === value ? `{${writeEntries(value, walk)}}` : (write(json, walk) ?? 'null');
  }
  if (value instanceof RegExp || value instanceof Promise) return quote(scrubText(textOf(value)));
  // A `Headers`, `URLSearchParams` or `FormData` keeps its entries out of its properties.
  if (isPairs(value)) return `{${writePairs(value.entries(), walk)}}`;
  return `{${writeEntries(value, walk)}}`;
}

function hasToJson(value: object): value is { toJSON: () => unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function isPairs(value: object): value is { entries: () => Iterable<[unknown, unknown]> } {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Headers]' || tag === '[object URLSearchParams]' || tag === '[object FormData]';
}

function writeArray(values: readonly unknown[], walk: Walk): string {
  let out = '';
  let afterAuth = false;
  for (let index = 0; index < values.length; index += 1) {
    walk.nodes += 1;
    if (walk.nodes > MAX_NODES) return `[${out}${index > 0 ? ', ' : ''}${TRUNCATED}]`;
    const value = values[index];
    // `rawHeaders` and pairs: a name at an even place, its value behind it.
    const name = index % 2 === 1 && typeof value === 'string' ? values[index - 1] : undefined;
    const isHidden = afterAuth || (typeof name === 'string' && !['open', 'blob'].includes(kindOf(name)));
    const text = isHidden && value !== '' ? `"${FILTERED}"` : write(value, walk);
    // `['AUTH', 'user', 'password']`, `['HELLO', 3, 'AUTH', ...]`: commands as clients of Redis keep them.
    afterAuth ||= typeof value === 'string' && value.length === 4 && value.toLowerCase() === 'auth';
    out += (index > 0 ? ', ' : '') + (text ?? 'null');
  }
  return `[${out}]`;
}

function writePairs(pairs: Iterable<[unknown, unknown]>, walk: Walk): string {
  let out = '';
  for (const [key, value] of pairs) {
    if (walk.nodes > MAX_NODES) return `${out}${out === '' ? '' : ', '}"...": ${TRUNCATED}`;
    const text = writeValue(keyOf(typeof key === 'string' ? key : textOf(key)), value, walk);
    if (text !== undefined) out += (out === '' ? '' : ', ') + text;
  }
  return out;
}

function writeEntries(fields: object, walk: Walk, skipKey?: string): string {
  let out = '';
  for (const name of Object.keys(fields)) {
    if (name === skipKey) continue;
    if (walk.nodes > MAX_NODES) return `${out}${out === '' ? '' : ', '}"...": ${TRUNCATED}`;
    const text = writeEntry(fields as Record<string, unknown>, name, walk);
    if (text !== undefined) out += (out === '' ? '' : ', ') + text;
  }
  return out;
}

function writeEntry(fields: Record<string, unknown>, name: string, walk: Walk): string | undefined {
  const key = keyOf(name);
  try {
    if (key.kind === 'open' && VALUE_KEYS.has(name.toLowerCase())) {
      return writeValue({ kind: labelledKind(fields), quoted: key.quoted }, fields[name], walk);
    }
    return writeValue(key, fields[name], walk);
  } catch (error) {
    return key.quoted + unreadable(error);
  }
}

/** What the names in `{ name: 'Authorization', value: '...' }` say about the value. */
function labelledKind(fields: Record<string, unknown>): KeyKind {
  for (const name of Object.keys(fields)) {
    if (name.length > MAX_LABEL_LENGTH || !LABEL_KEYS.has(name.toLowerCase())) continue;
    const label = fields[name];
    const kind = typeof label === 'string' ? kindOf(label) : 'open';
    if (kind !== 'open') return kind;
  }
  return 'open';
}

function writeValue(key: Key, value: unknown, walk: Walk): string | undefined {
  walk.nodes += 1;
  const text = !hides(key.kind, value) ? write(value, walk) : hiddenText(key.kind, value);
  return text === undefined ? undefined : key.quoted + text;
}

function unreadable(error: unknown): string {
  return quote(`[unreadable: ${isError(error) ? scrubText(errorText(error)) : typeof error}]`);
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
