import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcome } from './referee.ts';
import type { ResponseStream } from './response-streams.ts';
import { stage } from './stage.ts';
import { startGateway } from './start-gateway.ts';
import { startStreamServer } from './stream-server.ts';
import { ask } from './verdict.ts';
import { WAYS } from './ways.ts';

const GET = 'GET /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';

type Case = {
  name: string;
  said: string | readonly string[];
  method?: 'GET' | 'HEAD';
  /** Not set: the upstream keeps the connection, as if all were well. */
  ends?: boolean;
  seen: { status: number; body: string } | 'refused' | 'broken';
};

const ok = { status: 200, body: 'ok' };
const CASES: readonly Case[] = [
  { name: 'a next answer behind the body', said: OK + POISON, seen: ok },
  { name: 'a byte too many', said: `${OK}!`, seen: ok },
  { name: 'a line end behind the body', said: `${OK}\r\n`, seen: ok },
  {
    name: 'an answer behind a 204',
    said: `HTTP/1.1 204 No Content\r\n\r\n${POISON}`,
    seen: { status: 204, body: '' },
  },
  {
    name: 'a 304 with a body',
    said: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\npoison',
    seen: { status: 304, body: '' },
  },
  { name: 'HEAD with a body', method: 'HEAD', said: OK + POISON, seen: { status: 200, body: '' } },
  {
    name: 'an empty body, and an answer behind it',
    said: `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${POISON}`,
    seen: { status: 200, body: '' },
  },
  {
    name: 'a short body',
    said: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok',
    ends: true,
    seen: 'broken',
  },
  { name: 'no body', said: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', ends: true, seen: 'broken' },
  { name: 'half a head', said: 'HTTP/1.1 200 OK\r\nContent-Le', ends: true, seen: 'refused' },
  { name: 'nothing', said: '', ends: true, seen: 'refused' },
  {
    name: 'two lengths',
    said: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk',
    seen: 'refused',
  },
  {
    name: 'a length and chunks',
    said: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    seen: 'refused',
  },
  { name: 'a negative length', said: 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok', seen: 'refused' },
  { name: 'a length with a sign', said: 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok', seen: 'refused' },
  { name: 'a hexadecimal length', said: 'HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok', seen: 'refused' },
  { name: 'a list of lengths', said: 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', seen: 'refused' },
  {
    name: 'a length beyond 64 bits',
    said: 'HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nok',
    seen: 'refused',
  },
  {
    name: 'a space before the colon',
    said: 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok',
    seen: 'refused',
  },
  {
    name: 'a line without a colon',
    said: 'HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\nok',
    seen: 'refused',
  },
  {
    name: 'a NUL in a value',
    said: 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\nok',
    seen: 'refused',
  },
  { name: 'line feeds alone', said: 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', seen: 'refused' },
  {
    name: 'a huge head',
    said: `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(40_000)}\r\nContent-Length: 2\r\n\r\nok`,
    seen: 'refused',
  },
  {
    name: 'a huge head of small headers',
    said: `HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(5000)}Content-Length: 2\r\n\r\nok`,
    seen: 'refused',
  },
  { name: 'a status of two digits', said: 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok', seen: 'refused' },
  { name: 'HTTP/3', said: 'HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\nok', seen: 'refused' },
  { name: 'no HTTP', said: 'SSH-2.0-OpenSSH_9.2\r\n', ends: true, seen: 'refused' },
  { name: 'no reason phrase', said: 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', seen: ok },
  { name: 'HTTP/1.0 that closes', said: 'HTTP/1.0 200 OK\r\n\r\nok', ends: true, seen: ok },
  {
    name: 'HTTP/1.0 with a length',
    said: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ends: true,
    seen: ok,
  },
  {
    name: 'Connection: close with a length',
    said: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    ends: true,
    seen: ok,
  },
  {
    name: 'Connection: close that does not close',
    said: `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`,
    seen: ok,
  },
  { name: 'early hints first', said: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`, seen: ok },
  {
    name: 'chunks with extensions and a trailer',
    said: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a="b"\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
    seen: ok,
  },
  { name: 'every byte by itself', said: [...OK], seen: ok },
];

for (const way of WAYS) {
  for (const { name, said, method = 'GET', ends = false, seen } of CASES) {
    test(`${way.name}: an upstream that says ${name} harms no other request`, async () => {
      const spoken: ResponseStream = {
        id: 1,
        method,
        pieces: typeof said === 'string' ? [said] : said,
        slowly: false,
        ends,
      };
      const good: ResponseStream = { id: 2, method: 'GET', pieces: [OK], slowly: false, ends: false };
      const upstream = await startStreamServer((id) => (id === 1 ? spoken : good));
      const gateway = await startGateway(upstream.url, way);
      try {
        const get = (path: string, verb = 'GET') =>
          ask(gateway.url, { method: verb, path, maxHeaderBytes: 65_536 }).then(outcome);
        const first = await get('/1', method);
        if (seen === 'refused' || seen === 'broken') assert.equal(first.kind, seen);
        else
          assert.deepEqual({ ...first, headers: undefined }, { kind: 'answer', headers: undefined, ...seen });
        for (const next of await Promise.all([get('/2'), get('/2'), get('/2')]))
          assert.deepEqual(next, { kind: 'answer', status: 200, headers: ['Content-Length: 2'], body: 'ok' });
      } finally {
        await gateway.close();
        await upstream.close();
      }
    });
  }

  test(`${way.name}: what an upstream says on a connection at rest answers nobody`, async () => {
    await stage({ upstream: way.upstream }, async ({ client, atUpstream }) => {
      client.send(GET);
      const first = await atUpstream();
      await first.until(/\r\n\r\n$/);
      first.send(OK);
      await client.until(/ok$/);
      first.send('HTTP/1.1 408 Request Timeout\r\nContent-Length: 6\r\n\r\npoison');
      await first.closed();
      client.send(GET);
      const second = await atUpstream();
      await second.until(/\r\n\r\n$/);
      second.send(OK);
      assert.doesNotMatch(await client.until(/(\r\n\r\nok[^]*){2}$/), /poison/);
    });
  });

  test(`${way.name}: a head that trickles in has to be complete in time`, async () => {
    await stage(
      { upstream: { ...way.upstream, headersTimeoutMs: 500 } },
      async ({ client, atUpstream, gateway }) => {
        client.send(GET);
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n$/);
        const trickle = (async () => {
          for (let sent = 0; sent < 200 && upstream.socket.writable; sent += 1) {
            upstream.send(sent === 0 ? 'HTTP/1.1 200 OK\r\nX-Slow: ' : 'x');
            await sleep(50);
          }
        })();
        await client.until(/^HTTP\/1\.1 504 /);
        assert.equal((await gateway.ended(1))[0]?.end?.upstreamError?.reason, 'timeout');
        upstream.socket.destroy();
        await trickle;
      },
    );
  });
}
