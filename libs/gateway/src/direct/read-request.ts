import { readFieldLine } from '../field-line.ts';
import { createNameSet } from '../name-set.ts';

/** A request without a body, of the plainest kind. */
export type PlainRequest = {
  readonly method: 'GET' | 'HEAD';
  readonly target: string;
  /** Name, value, name, value ... */
  readonly rawHeaders: readonly string[];
};

const REQUEST_LINE = /^(GET|HEAD) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
const HEAD_END = '\r\n\r\n';

/** Headers that say something of the connection or of a body: not for a reader of plain requests. */
const isNotPlain = createNameSet([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads what a client has sent at once, if that is one whole head, nothing else, and leaves nothing to interpret:
 * GET or HEAD, `HTTP/1.1`, no body, the connection to be kept. Undefined for everything else, faults included:
 * node's parser reads that.
 */
export function readPlainRequest(bytes: Buffer): PlainRequest | undefined {
  // "GET" or "HEAD", before anything is copied.
  if (bytes[0] !== 0x47 && bytes[0] !== 0x48) return undefined;
  const text = bytes.toString('latin1');
  if (text.indexOf(HEAD_END) !== text.length - HEAD_END.length) return undefined;
  let lineEnd = text.indexOf('\r\n');
  const requestLine = REQUEST_LINE.exec(text.slice(0, lineEnd));
  if (requestLine === null) return undefined;
  const rawHeaders: string[] = [];
  while (lineEnd < text.length - HEAD_END.length) {
    const start = lineEnd + 2;
    lineEnd = text.indexOf('\r\n', start);
    const field = readFieldLine(text, start, lineEnd);
    if (field === undefined) return undefined;
    const { name, value } = field;
    if (isNotPlain(name) && !isKeepAlive(name, value)) return undefined;
    rawHeaders.push(name, value);
  }
  return { method: requestLine[1] === 'GET' ? 'GET' : 'HEAD', target: requestLine[2] ?? '', rawHeaders };
}

function isKeepAlive(name: string, value: string): boolean {
  return name.length === 10 && /^connection$/i.test(name) && /^keep-alive$/i.test(value);
}
