import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHopByHop, namedInConnection } from '../src/hop-by-hop.ts';

test('hop-by-hop headers are told in any case, and others of the same length are not', () => {
  for (const name of ['TE', 'te', 'Upgrade', 'Keep-Alive', 'Proxy-Authorization', 'transfer-ENCODING'])
    assert.equal(isHopByHop(name), true, name);
  for (const name of ['', 'V', 'Via', 'DNT', 'User-Agent', 'Referer', 'Last-Modified', 'X'.repeat(1000)])
    assert.equal(isHopByHop(name), false, name);
});

test('what Connection names goes with it, but for what says how long the message is', () => {
  assert.equal(namedInConnection(['Connection', 'keep-alive', 'connection', 'Close']).size, 0);
  assert.deepEqual(
    [
      ...namedInConnection([
        'Connection',
        'X-A, close',
        'X-B',
        'c',
        'CONNECTION',
        ' x-c ,Host,Content-Length',
      ]),
    ],
    ['x-a', 'x-c'],
  );
});
