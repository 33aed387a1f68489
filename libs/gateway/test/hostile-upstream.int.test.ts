import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { open } from './raw-http.ts';
import { stage } from './stage.ts';

const HOST = 'Host: registry.test\r\n';
const GET = `GET /v2/ HTTP/1.1\r\n${HOST}\r\n`;
const HEAD = `HEAD /v2/ HTTP/1.1\r\n${HOST}\r\n`;
const DELETE = `DELETE /v2/a HTTP/1.1\r\n${HOST}\r\n`;
const POST = `POST /v2/a HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** On kept connections, and on those for one request. */
const BOTH_WAYS = [GET, POST];

test('a reason phrase that is not valid is replaced by the standard one', async () => {
  for (const request of [...BOTH_WAYS, DELETE]) {
    await stage({}, async ({ client, atUpstream, gateway }) => {
      client.send(request);
      const upstream = await atUpstream();
      await upstream.until(/\r\n\r\n/);
      upstream.send('HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok');
      await client.until(/^HTTP\/1\.1 200 OK\r\n[^]*ok$/);
      assert.equal((await gateway.ended(1))[0]?.end?.upstreamError, undefined);
    });
  }
});

test('a head that cannot be passed on fails its own request only', async () => {
  const cases = [
    [GET, 'HTTP/1.1 200 OK\r\nX-A: b\x01c\r\n'],
    [POST, 'HTTP/1.1 200 OK\r\nX-A: b\x01c\r\n'],
    [POST, 'HTTP/1.1 099 O\x01K\r\n'],
    [DELETE, 'HTTP/1.1 099 O\x01K\r\n'],
  ] as const;
  for (const [request, head] of cases) {
    await stage({}, async ({ client, atUpstream, gateway }) => {
      client.send(request);
      const upstream = await atUpstream();
      await upstream.until(/\r\n\r\n/);
      upstream.send(`${head}Content-Length: 2\r\n\r\nok`);
      await client.until(/^HTTP\/1\.1 502 Bad Gateway\r\n[^]*\}\n$/);
      assert.equal((await gateway.ended(1))[0]?.end?.upstreamError?.reason, 'protocol');
      client.send(GET);
      const next = await atUpstream();
      await next.until(/\r\n\r\n$/);
      next.send(OK);
      await client.until(/\}\nHTTP\/1\.1 200 OK\r\n[^]*ok$/);
    });
  }
});

test('what a handler throws becomes the error of its own call', async () => {
  const throwing = ['onHead', 'onData', 'onEnd'] as const;
  for (const method of ['GET', 'POST']) {
    for (const name of throwing) {
      await stage({}, async ({ gateway, atUpstream }) => {
        const failed = new Promise((resolve) => {
          const handler = {
            onContinue: () => undefined,
            onHead: () => undefined,
            onData: () => true,
            onEnd: () => undefined,
            onBodySent: () => undefined,
            onError: ({ cause }: { cause: unknown }) => {
              resolve(cause);
            },
            [name]: () => {
              throw new Error(`thrown by ${name}`);
            },
          };
          const rawHeaders = ['Host', 'registry.test', 'Content-Length', '0'];
          gateway.upstream.send(
            { method, target: '/v2/', rawHeaders, body: undefined, expectsContinue: false },
            handler,
          );
        });
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n$/);
        upstream.send(OK);
        assert.equal(String(await failed), `Error: thrown by ${name}`);
      });
    }
  }
});

test('an upstream that changes the protocol unasked is refused', async () => {
  for (const request of BOTH_WAYS) {
    for (const upgrade of ['Connection: Upgrade\r\nUpgrade: websocket\r\n', '']) {
      await stage({}, async ({ client, atUpstream, gateway, upstream: server }) => {
        client.send(request);
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n/);
        upstream.send(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n`);
        await client.until(/^HTTP\/1\.1 502 Bad Gateway\r\n[^]*\}\n$/);
        assert.equal((await gateway.ended(1))[0]?.end?.upstreamError?.reason, 'protocol');
        assert.equal(server.connections.length, 1);
        await upstream.closed();
      });
    }
  }
});

test('what follows the head of an answer to HEAD never answers another request', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    const other = await open(gateway.port);
    client.send(HEAD);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    upstream.send('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 57\r\n\r\n');
    await client.until(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
    other.send(GET);
    await sleep(50);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned');
    const next = await atUpstream();
    await next.until(/^GET /);
    next.send(OK);
    assert.doesNotMatch(await other.until(/ok$/), /poisoned/);
    other.socket.destroy();
  });
});

test('bytes after a complete answer take nothing from it', async () => {
  const answers: [string, RegExp][] = [
    ['HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\nsurplus', /^HTTP\/1\.1 204 No Content\r\nX-A: 1\r\n/],
    [
      'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nsurplus\r\n0\r\n\r\n',
      /^HTTP\/1\.1 204 /,
    ],
    ['HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\nsurplus', /^HTTP\/1\.1 204 /],
    [`${OK}surplus`, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok$/],
  ];
  for (const request of [GET, POST, DELETE]) {
    for (const [answer, expected] of answers) {
      await stage({}, async ({ client, atUpstream, gateway }) => {
        client.send(request);
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n/);
        upstream.send(answer);
        await client.until(expected);
        const [observed] = await gateway.ended(1);
        assert.deepEqual([observed?.end?.upstreamError, observed?.end?.aborted], [undefined, false]);
        assert.doesNotMatch(client.received(), /surplus/);
      });
    }
  }
});

test('a 100 Continue that nobody asked for is ignored', async () => {
  for (const request of [GET, HEAD, DELETE, POST]) {
    await stage({}, async ({ client, atUpstream, gateway }) => {
      const answer = async (): Promise<void> => {
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n/);
        upstream.send(`HTTP/1.1 100 Continue\r\n\r\n${request === HEAD ? OK.slice(0, -2) : OK}`);
      };
      client.send(request);
      await answer();
      // Undici's connection cannot go on after it; the request is sent once more on one of its own.
      if (request === HEAD) await answer();
      await client.until(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n/);
      assert.equal((await gateway.ended(1))[0]?.end?.upstreamError, undefined);
    });
  }
});

test('an answer with contradictory or unknown framing is a protocol error, and not asked for again', async () => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok',
  ];
  for (const request of BOTH_WAYS) {
    for (const answer of answers) {
      await stage({}, async ({ client, atUpstream, gateway, upstream: server }) => {
        client.send(request);
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n/);
        upstream.send(answer);
        await client.until(/^HTTP\/1\.1 502 Bad Gateway\r\n[^]*\}\n$/);
        const [observed] = await gateway.ended(1);
        assert.equal(observed?.end?.upstreamError?.reason, 'protocol', `${request}${answer}`);
        assert.equal(observed.head, undefined);
        assert.equal(server.connections.length, 1);
      });
    }
  }
});
