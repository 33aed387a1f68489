import { mutate } from './mutate-stream.ts';
import { seededRandom, type Random } from './random.ts';

/** What an upstream says to one request, byte for byte. */
export type ResponseStream = {
  readonly id: number;
  readonly method: 'GET' | 'HEAD';
  /** Latin-1; in one piece or many. */
  readonly pieces: readonly string[];
  /** Lets the pieces arrive one by one, instead of perhaps together. */
  readonly slowly: boolean;
  /** Whether the upstream ends the connection afterwards. If not, the answer is complete without that. */
  readonly ends: boolean;
};

/** Stream `id` is the same in every run. About a third are valid. */
export function responseStream(id: number): ResponseStream {
  const random = seededRandom(id);
  const method = random.chance(0.1) ? 'HEAD' : 'GET';
  const { head, body, delimited } = validAnswer(id, random);
  let text = head + (method === 'HEAD' && random.chance(0.8) ? '' : body);
  const valid = random.chance(0.35);
  if (!valid) for (let count = 1 + random.below(2); count > 0; count -= 1) text = mutate(text, random);
  const ends = !valid || !delimited || random.chance(0.3);
  const pieces = split(text, random);
  // Only together with the end of the answer can surplus bytes be told from the next answer.
  if (!ends && random.chance(0.2)) pieces.push((pieces.pop() ?? '') + surplus(id, random));
  return { id, method, pieces, slowly: random.chance(0.15), ends };
}

function validAnswer(id: number, random: Random): { head: string; body: string; delimited: boolean } {
  const status = random.pick(STATUSES);
  const payload = `<${id}>${'x'.repeat(random.pick([0, 1, 17, 300, 5000]))}</${id}>`;
  const lines = [`HTTP/1.1 ${status}`, `X-Stream: ${id}`];
  for (let count = random.below(4); count > 0; count -= 1) lines.push(random.pick(HEADERS));
  const bodiless = /^(204|304)/.test(status);
  const framing = bodiless ? 'none' : random.pick(['length', 'length', 'length', 'chunked', 'close']);
  if (framing === 'length') lines.push(`${random.pick(LENGTH_NAMES)}: ${payload.length}`);
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  if (random.chance(0.1)) lines.push(`Connection: ${random.pick(['close', 'keep-alive', 'X-Hop', 'Close'])}`);
  const interim = random.chance(0.06) ? random.pick(INTERIM) : '';
  return {
    head: `${interim}${lines.join('\r\n')}\r\n\r\n`,
    body: bodiless ? '' : framing === 'chunked' ? inChunks(payload, random) : payload,
    delimited: framing !== 'close',
  };
}

function inChunks(payload: string, random: Random): string {
  let text = '';
  for (let at = 0; at < payload.length;) {
    const size = 1 + random.below(random.pick([10, 1000]));
    const data = payload.slice(at, at + size);
    const hex = data.length.toString(16);
    text += `${random.chance(0.1) ? `0${hex.toUpperCase()}` : hex}${random.chance(0.1) ? ';a=b' : ''}\r\n${data}\r\n`;
    at += size;
  }
  return `${text}0\r\n${random.chance(0.15) ? 'X-Sum: 1\r\n' : ''}\r\n`;
}

/** In few pieces, or byte by byte somewhere: over many streams, everywhere. */
function split(text: string, random: Random): string[] {
  const pieces: string[] = [];
  const most = random.pick([40, 1000, 100_000, 100_000]);
  const single = random.chance(0.25) ? random.below(Math.min(text.length, 400)) : Infinity;
  for (let at = 0; at < text.length;) {
    const inside = at >= single && at < single + 20;
    const size = inside ? 1 : Math.min(1 + random.below(most), at < single ? single - at : Infinity);
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

function surplus(id: number, random: Random): string {
  const poison = `HTTP/1.1 200 OK\r\nX-Stream: poison of ${id}\r\nContent-Length: 6\r\n\r\npoison`;
  return random.pick([poison, poison, 'x', '\r\n', '\0', 'HTTP/1.1 200 O']);
}

const STATUSES = [
  ...['200 OK', '200 OK', '200 OK', '206 Partial Content', '404 Not Found', '500 Oops', '200', '200 '],
  ...['201 Created', '302 Found', '204 No Content', '304 Not Modified', '599 What', '200 \xe9t\xe9'],
];
const LENGTH_NAMES = ['Content-Length', 'content-length', 'CONTENT-LENGTH'];
const HEADERS = [
  ...['Docker-Content-Digest: sha256:ab', 'ETag: "x"', 'X-Empty:', 'X-Spaces:   a  b  ', 'X-Tab:\ta\t'],
  ...['X-Bytes: \xe9\xff', 'X-Hop: 1', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Keep-Alive: timeout=4'],
  ...["x!#$%&'*+-.^_`|~9: 1", `X-Long: ${'y'.repeat(3000)}`, 'Location: /v2/a?b=c', 'X-Stream: again'],
  ...['Trailer: X-Sum', 'Content-Type: application/vnd.oci.image.manifest.v1+json', 'Content-Encoding: gzip'],
];
const INTERIM = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
  'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n',
];
