import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswerHead } from '../../src/kept/answer-head.ts';

const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines].join('\r\n');

test('a plain head is read as it stands: order, case and repeated headers kept, white space around values gone', () => {
  const text = head('Content-Length: 12', 'X-A:b', 'x-a: \t c d \t', 'X-Empty:', 'X-Bytes: \xe9');
  assert.deepEqual(readAnswerHead(text), {
    status: 200,
    statusMessage: 'OK',
    rawHeaders: ['Content-Length', '12', 'X-A', 'b', 'x-a', 'c d', 'X-Empty', '', 'X-Bytes', '\xe9'],
    contentLength: 12,
    keepAlive: true,
  });
});

test('any final status with a body, with or without a phrase', () => {
  assert.equal(readAnswerHead('HTTP/1.1 404 Not Found\r\ncontent-length: 0')?.status, 404);
  assert.equal(readAnswerHead('HTTP/1.1 500 \r\ncontent-length: 0')?.statusMessage, '');
});

test('the connection is kept unless the upstream says anything but keep-alive', () => {
  const keeps = (...lines: string[]): boolean | undefined =>
    readAnswerHead(head('Content-Length: 1', ...lines))?.keepAlive;
  assert.equal(keeps('Connection: Keep-Alive'), true);
  assert.equal(keeps('Connection: close'), false);
  assert.equal(keeps('Connection: keep-alive, close'), false);
  assert.equal(keeps('Connection: close', 'Connection: keep-alive'), false);
});

const FOR_A_FULL_PARSER: readonly [why: string, text: string][] = [
  ['no length', head('X-A: b')],
  ['two lengths', head('Content-Length: 1', 'Content-Length: 1')],
  ['a list of lengths', head('Content-Length: 1, 1')],
  ['a signed length', head('Content-Length: +1')],
  ['a negative length', head('Content-Length: -1')],
  ['a hexadecimal length', head('Content-Length: 0x1')],
  ['an endless length', head('Content-Length: 1234567890123456')],
  ['an empty length', head('Content-Length:')],
  ['chunks', head('Transfer-Encoding: chunked')],
  ['length and chunks', head('Content-Length: 1', 'TRANSFER-ENCODING: chunked')],
  ['another protocol offered', head('Content-Length: 1', 'Upgrade: h2c')],
  ['a folded header', head('X-A: b', ' c', 'Content-Length: 1')],
  ['a space before the colon', head('Content-Length : 1')],
  ['no colon', head('Content-Length: 1', 'X-A')],
  ['no name', head('Content-Length: 1', ': x')],
  ['a bare LF in a value', head('Content-Length: 1', 'X-A: b\nX-B: c')],
  ['a bare CR in a value', head('Content-Length: 1', 'X-A: b\rc')],
  ['a NUL in a value', head('Content-Length: 1', 'X-A: b\0')],
  ['a character beyond Latin-1', head('Content-Length: 1', 'X-A: \u0100')],
  ['an interim answer', 'HTTP/1.1 100 Continue\r\nContent-Length: 1'],
  ['no content', 'HTTP/1.1 204 No Content\r\nContent-Length: 0'],
  ['not modified', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5'],
  ['a status beyond those there are', 'HTTP/1.1 600 X\r\nContent-Length: 1'],
  ['no space behind the status', 'HTTP/1.1 200\r\nContent-Length: 1'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1'],
  ['HTTP/2', 'HTTP/2 200 OK\r\nContent-Length: 1'],
  ['small letters', 'http/1.1 200 OK\r\nContent-Length: 1'],
  ['something before the status line', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 1'],
  ['a control character in the phrase', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 1'],
  ['nothing', ''],
  ['more headers than any registry sends', head('Content-Length: 1', ...Array<string>(600).fill('X: y'))],
];

for (const [why, text] of FOR_A_FULL_PARSER) {
  test(`left to a full parser: ${why}`, () => {
    assert.equal(readAnswerHead(text), undefined);
  });
}
