import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHeaders } from '../../src/direct/parse-headers.ts';
import { readPlainRequest } from '../../src/direct/read-request.ts';

const request = (line: string, ...headers: string[]): Buffer =>
  Buffer.from([line, 'Host: r', ...headers, '', ''].join('\r\n'), 'latin1');

test('a plain request is read as it stands', () => {
  assert.deepEqual(
    readPlainRequest(request('GET /v2/?n=1 HTTP/1.1', 'ACCEPT:a', 'accept:  b \t', 'X: \xe9')),
    {
      method: 'GET',
      target: '/v2/?n=1',
      rawHeaders: ['Host', 'r', 'ACCEPT', 'a', 'accept', 'b', 'X', '\xe9'],
    },
  );
  assert.equal(readPlainRequest(request('HEAD / HTTP/1.1', 'Connection: Keep-Alive'))?.method, 'HEAD');
});

const FOR_A_FULL_PARSER: readonly [why: string, bytes: Buffer][] = [
  ['another method', request('DELETE / HTTP/1.1')],
  ['a method in small letters', request('get / HTTP/1.1')],
  ['HTTP/1.0', request('GET / HTTP/1.0')],
  ['a target that is no path', request('GET http://r/ HTTP/1.1')],
  ['a space in the target', request('GET /a b HTTP/1.1')],
  ['a byte above ASCII in the target', request('GET /\xe9 HTTP/1.1')],
  ['a length', request('GET / HTTP/1.1', 'Content-Length: 0')],
  ['chunks', request('GET / HTTP/1.1', 'Transfer-Encoding: chunked')],
  ['a connection to be closed', request('GET / HTTP/1.1', 'Connection: close')],
  ['headers named in Connection', request('GET / HTTP/1.1', 'Connection: keep-alive, x')],
  ['another protocol', request('GET / HTTP/1.1', 'Upgrade: h2c')],
  ['a body announced', request('GET / HTTP/1.1', 'Expect: 100-continue')],
  ['trailers wanted', request('GET / HTTP/1.1', 'TE: trailers')],
  ['a folded header', request('GET / HTTP/1.1', ' folded')],
  ['a space before the colon', request('GET / HTTP/1.1', 'X : y')],
  ['a bare LF', request('GET / HTTP/1.1', 'X: y\nZ: a')],
  ['a bare CR', request('GET / HTTP/1.1', 'X: y\rz')],
  ['a NUL', request('GET / HTTP/1.1', 'X: \0')],
  ['a head that is not complete', request('GET / HTTP/1.1').subarray(0, -1)],
  ['something behind it', Buffer.concat([request('GET / HTTP/1.1'), Buffer.from('G')])],
  ['a second request behind it', Buffer.concat([request('GET / HTTP/1.1'), request('GET / HTTP/1.1')])],
  ['an empty line before it', Buffer.concat([Buffer.from('\r\n'), request('GET / HTTP/1.1')])],
  ['TLS', Buffer.from([0x16, 3, 1, 0, 5])],
];

for (const [why, bytes] of FOR_A_FULL_PARSER)
  test(`left to a full parser: ${why}`, () => {
    assert.equal(readPlainRequest(bytes), undefined);
  });

test('headers by name are those that node would have made', () => {
  const raw = ['A', '1', 'a', '2', 'Host', 'x', 'host', 'y', 'Cookie', 'c', 'cookie', 'd', '__proto__', 'p'];
  assert.deepEqual({ ...parseHeaders(raw) }, { a: '1, 2', host: 'x', cookie: 'c; d', ['__proto__']: 'p' });
});
