import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open, startRawServer, type RawServer } from './raw-http.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';

let upstream: RawServer;
let gateway: RunningGateway;
/** Heads of requests as the upstream got them, bodies with them. */
let seen: string[];

before(async () => {
  upstream = await startRawServer((connection) => {
    let read = 0;
    const answer = (request: string): void => {
      seen.push(request);
      read += request.length;
      const body = request.split(' ', 2).join(' ');
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    };
    connection.socket.on('data', () => {
      const unread = connection.received().slice(read);
      // A request with a body has a connection of its own: all that arrives there is the one request.
      if (/^(?!GET)[^]*\r\n\r\n/.test(unread)) {
        if (read === 0 && isWhole(unread)) answer(unread);
      } else {
        for (const request of unread.match(/[^]*?\r\n\r\n/g) ?? []) answer(request);
      }
    });
  });
  gateway = await startGateway(upstream.url);
});

function isWhole(request: string): boolean {
  if (/\r\ntransfer-encoding/i.test(request)) return request.endsWith('\r\n0\r\n\r\n');
  const [head = ''] = request.split('\r\n\r\n', 1);
  return request.length >= head.length + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

after(async () => {
  await gateway.close();
  await upstream.close();
});

const HOST = 'Host: registry.test\r\n';
const POST = `POST /v2/a HTTP/1.1\r\n${HOST}`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;

/** Sends text, then a request that every server knows; gives the lines of status that come back until the end. */
async function talk(text: string): Promise<string[]> {
  seen = [];
  const client = await open(gateway.port);
  client.send(text);
  client.send(`GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  try {
    const answers = await client.closed();
    return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
  } finally {
    client.socket.destroy();
  }
}

const targets = (): string[] => seen.map((request) => request.split(' ', 2).join(' '));

const AMBIGUOUS: [name: string, text: string][] = [
  ['a tab before the colon', `${POST}Content-Length\t: 2\r\n\r\nok${SMUGGLED}`],
  ['a vertical tab before the coding', `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a coding in quotes', `${POST}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a comma behind the coding', `${POST}Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['an empty coding', `${POST}Transfer-Encoding:\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  [
    'a second coding that is none',
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a length of chunks',
    `${POST}Content-Length: 6\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['an empty length', `${POST}Content-Length:\r\n\r\n${SMUGGLED}`],
  ['a length in words', `${POST}Content-Length: two\r\n\r\nok${SMUGGLED}`],
  ['a length with an exponent', `${POST}Content-Length: 1e1\r\n\r\nok${SMUGGLED}`],
  ['a length with a fraction', `${POST}Content-Length: 2.0\r\n\r\nok${SMUGGLED}`],
  ['a length with a line feed', `${POST}Content-Length: 2\nX-A: b\r\n\r\nok${SMUGGLED}`],
  ['a folded length', `${POST}Content-Length: 1\r\n 2\r\n\r\nok${SMUGGLED}`],
  ['a fold behind the request line', `POST /v2/a HTTP/1.1\r\n X-A: b\r\n${HOST}\r\n${SMUGGLED}`],
  ['a NUL in a name', `${POST}Content-Length\0: 2\r\n\r\nok${SMUGGLED}`],
  ['a header without a name', `${POST}: 2\r\n\r\n${SMUGGLED}`],
  ['a header without a colon', `${POST}nonsense\r\n\r\n${SMUGGLED}`],
  [
    'heads that end with line feeds',
    `POST /v2/a HTTP/1.1\nHost: registry.test\nContent-Length: 2\n\nok${SMUGGLED}`,
  ],
  ['a negative chunk', `${CHUNKED}-1\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk with a sign', `${CHUNKED}+1\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk with a prefix', `${CHUNKED}0x1\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk beyond 64 bits', `${CHUNKED}10000000000000001\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk without a size', `${CHUNKED}\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk with a space', `${CHUNKED}1 1\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['a chunk ended by a line feed', `${CHUNKED}1\nx\n0\n\n${SMUGGLED}`],
  ['a chunk longer than its size', `${CHUNKED}1\r\nxyz\r\n0\r\n\r\n${SMUGGLED}`],
  ['a line feed in a chunk extension', `${CHUNKED}1;a\nb\r\nx\r\n0\r\n\r\n${SMUGGLED}`],
  ['HTTP/0.9', `GET /smuggled\r\n\r\n${SMUGGLED}`],
  ['HTTP/1.2', `GET /smuggled HTTP/1.2\r\n${HOST}\r\n${SMUGGLED}`],
  ['HTTP/2.0', `GET /smuggled HTTP/2.0\r\n${HOST}\r\n${SMUGGLED}`],
  ['a tab in the request line', `GET\t/smuggled HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
  ['an absolute target', `GET http://127.0.0.1/smuggled HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
  ['a target of an authority', `GET registry.test:443 HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
  ['a line feed in the target', `GET /v2/a\n/smuggled HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
  ['a NUL in the target', `GET /v2/\0 HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
  ['a DEL in the target', `GET /v2/\x7f HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`],
];

for (const [name, text] of AMBIGUOUS) {
  test(`${name}: one refusal, and nothing behind it is read as a request`, async () => {
    const statuses = await talk(text);
    assert.equal(statuses.length, 1, statuses.join(' '));
    assert.match(statuses[0] ?? '', /^(400|501|505)$/);
    assert.deepEqual(
      targets().filter((target) => /smuggled|last/.test(target)),
      [],
    );
  });
}

test('what is valid but looks odd passes as it is, one request for one', async () => {
  const paths = [
    ...[
      '/v2/a%2fb/manifests/x',
      '/v2/%2e%2e/%2E%2E/etc/passwd',
      '/v2/../../etc/passwd',
      '/v2/a%00b',
      '/v2/a%0d%0aX:%20y',
      '//v2//a',
    ],
    ...[
      "/v2/~user/*'()!$&+,;=:@",
      '/v2/a?b=<script>',
      '/v2/a\\b',
      '/v2/%',
      '/v2/%zz',
      `/v2/${'a/'.repeat(1000)}`,
      '/?',
      '/v2/a?b#'.slice(0, -1),
    ],
  ];
  const statuses = await talk(paths.map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`).join(''));
  assert.deepEqual(statuses, Array<string>(paths.length + 1).fill('200'));
  assert.deepEqual(targets().sort(), [...paths.map((path) => `GET ${path}`), 'GET /last'].sort());
});

test('bodies hold what they like, requests and chunks too', async () => {
  const inside = `0\r\n\r\n${SMUGGLED}`;
  const statuses = await talk(
    `${POST}Content-Length: ${inside.length}\r\n\r\n${inside}` +
      `${CHUNKED}${inside.length.toString(16)};name=value\r\n${inside}\r\n0\r\nX-Trailer: 1\r\n\r\n`,
  );
  assert.deepEqual(statuses, ['200', '200', '200']);
  assert.equal(seen.length, 3);
  const [chunked = ''] = seen.filter((request) => request.includes('chunked'));
  const [plain = ''] = seen.filter((request) => request.startsWith('POST') && request !== chunked);
  assert.ok(plain.endsWith(`\r\n\r\n${inside}`));
  assert.match(chunked, /^POST \/v2\/a HTTP\/1\.1\r\n[^]*Transfer-Encoding: chunked\r\n/);
  // Chunks are made anew: neither extensions nor trailers go on.
  assert.doesNotMatch(chunked, /name=value|X-Trailer/);
  assert.ok(chunked.includes(`\r\n${inside}\r\n`));
});

test('a hundred requests at once on one connection are answered in order, and each asked once', async () => {
  const paths = Array.from({ length: 100 }, (_, index) => `/v2/${index}`);
  seen = [];
  const client = await open(gateway.port);
  client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`).join(''));
  await client.until(/\r\n\r\nGET \/v2\/99$/);
  client.socket.destroy();
  const answered = [...client.received().matchAll(/\r\n\r\nGET (\/v2\/\d+)/g)].map(([, path]) => path);
  assert.deepEqual(answered, paths);
  assert.deepEqual(targets().sort(), paths.map((path) => `GET ${path}`).sort());
});
