import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answering, converse, startRawServer, type RawServer } from './raw-http.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';

let upstream: RawServer;
let gateway: RunningGateway;

before(async () => {
  upstream = await startRawServer(answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  gateway = await startGateway(upstream.url);
});

after(async () => {
  await gateway.close();
  await upstream.close();
});

const POST = 'POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: registry.test\r\n';
const GET = 'GET /v2/ HTTP/1.1\r\nHost: registry.test\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: registry.test\r\n\r\n';

const REFUSED: [name: string, request: string, status: number][] = [
  [
    'Content-Length and Transfer-Encoding',
    `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    400,
  ],
  [
    'Transfer-Encoding and Content-Length',
    `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    400,
  ],
  ['two Content-Lengths', `${POST}Content-Length: 0\r\nContent-Length: 44\r\n\r\n${SMUGGLED}`, 400],
  ['two equal Content-Lengths', `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`, 400],
  ['a list of Content-Lengths', `${POST}Content-Length: 2, 2\r\n\r\nok`, 400],
  ['a negative Content-Length', `${POST}Content-Length: -1\r\n\r\n`, 400],
  ['a hexadecimal Content-Length', `${POST}Content-Length: 0x10\r\n\r\n`, 400],
  ['a signed Content-Length', `${POST}Content-Length: +2\r\n\r\nok`, 400],
  ['an enormous Content-Length', `${POST}Content-Length: 9999999999999999999999\r\n\r\nok`, 400],
  ['an unknown Transfer-Encoding', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 501],
  ['identity', `${POST}Transfer-Encoding: identity\r\n\r\n`, 501],
  ['chunked that is not last', `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
  ['compressed chunks', `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
  ['chunked twice', `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  [
    'Transfer-Encoding before HTTP/1.1',
    `POST /v2/ HTTP/1.0\r\nHost: registry.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['a space before the colon', `${POST}Content-Length : 2\r\n\r\nok`, 400],
  ['a folded header', `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a bare line feed', `${POST}X-A: b\nContent-Length: 40\r\n\r\n${SMUGGLED}`, 400],
  ['a bare carriage return', `${POST}X-A: b\rContent-Length: 40\r\n\r\n${SMUGGLED}`, 400],
  ['a NUL in a header', `${POST}X-A: b\0c\r\n\r\n`, 400],
  [
    'a chunk size that is not a number',
    `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`,
    400,
  ],
  ['an absolute target', 'GET http://other.test/v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n', 400],
  ['an asterisk target', 'OPTIONS * HTTP/1.1\r\nHost: registry.test\r\n\r\n', 400],
  ['a fragment', 'GET /v2/#a HTTP/1.1\r\nHost: registry.test\r\n\r\n', 400],
  ['a raw byte above ASCII in the target', 'GET /v2/\xe9 HTTP/1.1\r\nHost: registry.test\r\n\r\n', 400],
  ['a space in the target', 'GET /v2/ a HTTP/1.1\r\nHost: registry.test\r\n\r\n', 400],
  ['no Host', 'GET /v2/ HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', `${GET}Host: other.test\r\n\r\n`, 400],
  ['a Host that is a URL', 'GET /v2/ HTTP/1.1\r\nHost: http://other.test/\r\n\r\n', 400],
  ['a Host with user information', 'GET /v2/ HTTP/1.1\r\nHost: registry.test@other.test\r\n\r\n', 400],
  ['TRACE', 'TRACE /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n', 405],
  ['CONNECT', 'CONNECT other.test:443 HTTP/1.1\r\nHost: other.test\r\n\r\n', 405],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['an unknown method', 'SMUGGLE /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n', 400],
  ['too many headers', `${GET}${'X-A: b\r\n'.repeat(120)}\r\n`, 431],
  ['a head that is too large', `${GET}X-A: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
  ['a target that is too long', `GET /v2/${'a'.repeat(9000)} HTTP/1.1\r\nHost: registry.test\r\n\r\n`, 414],
];

for (const [name, request, status] of REFUSED) {
  test(`refuses ${name} and closes the connection`, async () => {
    const before = seenUpstream();
    const answer = await converse(gateway.port, request);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), JSON.stringify(answer.slice(0, 200)));
    assert.match(answer, /"errors":\[\{"code":/);
    assert.match(answer, /\r\nConnection: close\r\n/i);
    assert.equal(answer.split('HTTP/1.1 ').length - 1, 1, 'exactly one answer');
    assert.doesNotMatch(seenUpstream().slice(before.length), /smuggled/);
  });
}

test('what is refused after a good request on the same connection still gets its answer', async () => {
  const answer = await converse(
    gateway.port,
    `${GET}\r\nGET http://other.test/ HTTP/1.1\r\nHost: registry.test\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 200 [^]*ok[^]*HTTP\/1\.1 400 /);
});

test('no refused request has reached the upstream as a whole', () => {
  assert.doesNotMatch(seenUpstream(), /smuggled|other\.test|TRACE|chunked, identity/);
});

function seenUpstream(): string {
  return upstream.connections.map((connection) => connection.received()).join('\n---\n');
}
