import { readFieldLine } from '../field-line.ts';

/** The head of an answer that carries its body's length and nothing out of the ordinary. */
export type AnswerHead = {
  readonly status: number;
  readonly statusMessage: string;
  /** Name, value, name, value ... */
  readonly rawHeaders: string[];
  /** Bytes of the body. */
  readonly contentLength: number;
  /** Whether the upstream leaves the connection open. */
  readonly keepAlive: boolean;
};

const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^\d{1,15}$/;
const MAX_HEADERS = 500;

/**
 * Reads a head, the text up to and without the empty line, Latin-1. Undefined for everything that two parsers
 * could read differently, or whose body is not as long as `Content-Length` says: a full parser has to look at
 * it. So this one never has to tell what is wrong.
 */
export function readAnswerHead(text: string): AnswerHead | undefined {
  let lineEnd = endOfLine(text, 0);
  const statusLine = STATUS_LINE.exec(text.slice(0, lineEnd));
  if (statusLine === null) return undefined;
  const status = Number(statusLine[1]);
  // No body, whatever `Content-Length` says.
  if (status === 204 || status === 304) return undefined;
  const rawHeaders: string[] = [];
  let contentLength: number | undefined;
  let keepAlive = true;
  while (lineEnd < text.length) {
    const start = lineEnd + 2;
    lineEnd = endOfLine(text, start);
    const field = readFieldLine(text, start, lineEnd);
    if (field === undefined || rawHeaders.length >= 2 * MAX_HEADERS) return undefined;
    const { name, value } = field;
    rawHeaders.push(name, value);
    switch (name.length) {
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (contentLength !== undefined || !LENGTH.test(value)) return undefined;
        contentLength = Number(value);
        break;
      case 17:
        if (name.toLowerCase() === 'transfer-encoding') return undefined;
        break;
      case 7:
        if (name.toLowerCase() === 'upgrade') return undefined;
        break;
      case 10:
        if (name.toLowerCase() === 'connection') keepAlive &&= value.toLowerCase() === 'keep-alive';
        break;
    }
  }
  if (contentLength === undefined) return undefined;
  return { status, statusMessage: statusLine[2] ?? '', rawHeaders, contentLength, keepAlive };
}

/** A lone CR or LF does not end a line here, and no line may hold one. */
function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\r\n', start);
  return end === -1 ? text.length : end;
}
