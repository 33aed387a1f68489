/** How the end of an answer's body is told. */
export type BodyFraming = 'none' | 'length' | 'chunked';

export type AnswerHeadInput = {
  readonly method: string;
  readonly status: number;
  readonly phrase: string;
  /** Without those of the upstream's connection. */
  readonly headers: readonly string[];
  /** How long an idle connection is kept; undefined where it ends with this answer. */
  readonly keepAliveMs: number | undefined;
};

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The head of an answer as node's server would write it, Latin-1, the empty line included. Throws if it cannot be
 * passed on.
 */
export function answerHead(input: AnswerHeadInput): { text: string; framing: BodyFraming } {
  const { method, status, phrase, headers, keepAliveMs } = input;
  if (status < 200 || status > 999) throw new RangeError(`${status} is no status of an answer`);
  let text = `HTTP/1.1 ${status} ${phrase}\r\n`;
  let hasLength = false;
  let hasDate = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError('a header of the answer is not valid');
    if (name.length === 14 && name.toLowerCase() === 'content-length') hasLength = true;
    else if (name.length === 4 && name.toLowerCase() === 'date') hasDate = true;
    text += `${name}: ${value}\r\n`;
  }
  if (!hasDate) text += `Date: ${httpDate()}\r\n`;
  text +=
    keepAliveMs === undefined
      ? 'Connection: close\r\n'
      : `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n`;
  const framing =
    method === 'HEAD' || status === 204 || status === 304 ? 'none' : hasLength ? 'length' : 'chunked';
  if (framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n';
  return { text: `${text}\r\n`, framing };
}

let date = '';
let dateSecond = 0;

/** The time in the form of HTTP, made once a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(second * 1000).toUTCString();
  }
  return date;
}
