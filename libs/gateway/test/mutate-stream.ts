import type { Random } from './random.ts';

type Mutation = (text: string, random: Random) => string;

/** Spoils an answer in one way. */
export function mutate(text: string, random: Random): string {
  return random.pick(MUTATIONS)(text, random);
}

function place(text: string, random: Random): number {
  // Mostly in the head, where a byte matters more.
  const head = text.indexOf('\r\n\r\n') + 4;
  return random.below(random.chance(0.8) && head > 4 ? head : text.length);
}

const insertAt = (text: string, at: number, what: string): string =>
  text.slice(0, at) + what + text.slice(at);

/** Puts a line somewhere among the headers. */
const addLine =
  (lines: readonly string[]): Mutation =>
  (text, random) => {
    const ends = [...text.split('\r\n\r\n', 1).join().matchAll(/\r\n/g)].map(({ index }) => index);
    return ends.length === 0 ? text : insertAt(text, random.pick(ends), `\r\n${random.pick(lines)}`);
  };

const replaceIn =
  (pattern: RegExp, by: readonly string[]): Mutation =>
  (text, random) =>
    text.replace(pattern, random.pick(by));

const BYTES = [...'\r\n\0 :,;\t\x7f\x80\xff09afx"()'];

const MUTATIONS: readonly Mutation[] = [
  (text, random) => insertAt(text, place(text, random), random.pick(BYTES)),
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + text.slice(at + 1);
  },
  (text, random) => {
    const at = place(text, random);
    return text.slice(0, at) + random.pick(BYTES) + text.slice(at + 1);
  },
  (text, random) => text.slice(0, place(text, random)),
  (text, random) => text.slice(0, Math.max(text.indexOf('\r\n\r\n') + 4, text.length - 1 - random.below(30))),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => text + random.pick(['x', '\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison']),
  (text) => text.replaceAll('\r\n', '\n'),
  (text, random) => {
    const ends = [...text.matchAll(/\r\n/g)].map(({ index }) => index);
    if (ends.length === 0) return text;
    const at = random.pick(ends);
    return (
      text.slice(0, at) + random.pick(['\n', '\r', '\r\r\n', '\n\r', '\r\n ', '\r\n\t']) + text.slice(at + 2)
    );
  },
  (text, random) => random.pick(['\r\n', '\n', ' ', '\0', 'x']) + text,
  replaceIn(/^HTTP\/1\.1/, [
    ...[
      'HTTP/1.0',
      'HTTP/2',
      'HTTP/2.0',
      'HTTP/1.2',
      'HTTP/0.9',
      'http/1.1',
      'HTTP/1.10',
      'HTTP/11',
      'HTTP/ 1.1',
    ],
    ...['ICY', 'HTTPS/1.1', 'RTSP/1.0', 'HTTP/1.1 '],
  ]),
  replaceIn(/^(HTTP\/1\.1) \d+/, [
    ...[
      '$1 101',
      '$1 100',
      '$1 99',
      '$1 099',
      '$1 1000',
      '$1 000',
      '$1 20',
      '$1 2x0',
      '$1 -200',
      '$1 600',
      '$1 999',
    ],
    ...['$1  200', '$1\t200', '$1', '$1 204', '$1 304', '$1 199', '$1 205', '$1 200\0', '$1 200\x01'],
  ]),
  replaceIn(/(content-length): (\d+)/i, [
    ...[
      '$1: 1$2',
      '$1: 0$2',
      '$1: +$2',
      '$1: -$2',
      '$1: 0x$2',
      '$1: $2, $2',
      '$1: $2,',
      '$1: $2 $2',
      '$1:$2',
      '$1: $2;',
    ],
    ...[
      '$1 : $2',
      '$1\t: $2',
      '$1: $2\r\n$1: $2',
      '$1: $2\r\n$1: 1$2',
      '$1: ',
      '$1: 99999999999999999999',
      '$1: 0',
      '$1: 3',
    ],
    ...[
      '$1: 9007199254740993',
      '$1: $2.0',
      '$1: 1e3',
      '$1:\t$2 ',
      '$1: $2\r\n ',
      '$1:\r\n $2',
      ' $1: $2',
      '$1\0: $2',
    ],
    ...[
      '$1: $2\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\n$1: $2',
      '$1: "$2"',
      'Content_Length: $2',
    ],
  ]),
  replaceIn(/Transfer-Encoding: chunked/, [
    ...['Transfer-Encoding: Chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: chunked, gzip'],
    ...['Transfer-Encoding: xchunked', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
    ...['Transfer-Encoding: identity', 'Transfer-Encoding : chunked', 'Transfer-Encoding:\tchunked\t'],
    ...['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', 'Transfer-Encoding:\r\n chunked'],
    ...[
      'Transfer-Encoding: chunked,',
      'Transfer-Encoding: "chunked"',
      'Transfer-Encoding:',
      'TransferEncoding: chunked',
    ],
  ]),
  replaceIn(/\r\n([0-9a-f]+)(;a=b)?\r\n</i, [
    ...[
      '\r\n 0$1\r\n<',
      '\r\n0x$1\r\n<',
      '\r\n-$1\r\n<',
      '\r\n$1 \r\n<',
      '\r\n$1;\r\n<',
      '\r\n$1\n<',
      '\r\n$1g\r\n<',
      '\r\n\r\n<',
    ],
    ...[
      '\r\nfffffffffffffffff\r\n<',
      '\r\n1$1\r\n<',
      '\r\n$1;a="b\r\n<',
      '\r\n$1\t\r\n<',
      '\r\n$1 ;a\r\n<',
      '\r\n0\r\n<',
    ],
  ]),
  addLine([
    ...[
      'no colon',
      ': no name',
      ' X-Folded: yes',
      '\tfolded',
      'X A: space',
      'X-A : 1',
      'X-A\0: 1',
      'X-A: \0',
      'X-A: \x01',
      'X-\xe9: 1',
    ],
    ...[
      'Connection: upgrade\r\nUpgrade: h2c',
      'Connection: close',
      'Connection: X-Stream',
      'Connection: content-length',
      'X(A): 1',
    ],
    ...[
      'Content-Length: 5',
      'Content-Length: 0',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip',
      'TE: trailers',
      'X-A: \r',
      '',
    ],
    ...[
      `X-Huge: ${'h'.repeat(40_000)}`,
      'Upgrade: websocket',
      'Trailer: Content-Length',
      'Proxy-Connection: keep-alive',
      'X-DEL: \x7f',
    ],
  ]),
];
