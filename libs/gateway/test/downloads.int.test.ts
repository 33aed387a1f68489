import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { stage } from './stage.ts';

const GET = 'GET /v2/a/blobs/x HTTP/1.1\r\nHost: registry.test\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('an upstream that breaks off in the middle of a body breaks off the client', async () => {
  const bodies = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', /\r\n\r\nabc$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', /\r\n\r\n3\r\nabc\r\n$/],
  ] as const;
  for (const [answer, expected] of bodies) {
    for (const how of ['end', 'destroy', 'resetAndDestroy'] as const) {
      await stage({}, async ({ client, atUpstream, gateway }) => {
        client.send(GET);
        const upstream = await atUpstream();
        await upstream.until(/\r\n\r\n$/);
        upstream.send(answer);
        await client.until(/abc/);
        upstream.socket[how]();
        assert.match(await client.closed(), expected, 'the client can tell that the body is not complete');
        const [observed] = await gateway.ended(1);
        assert.equal(observed?.end?.upstreamError?.reason, 'reset');
        assert.deepEqual(
          [observed.end.aborted, observed.end.status, observed.end.bytesToClient],
          [false, 200, 3],
        );
      });
    }
  }
});

test('the head and each piece of a body pass on at once', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
    await client.until(/^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n[^]*\r\n\r\n$/);
    assert.equal(gateway.observed[0]?.head?.status, 200);
    assert.equal(gateway.observed[0].end, undefined);
    upstream.send('ab');
    await client.until(/ab$/);
    upstream.send('cd');
    await client.until(/abcd$/);
    const [observed] = await gateway.ended(1);
    assert.equal(observed?.end?.bytesToClient, 4);
    assert.ok((observed.head?.elapsedMs ?? 0) <= observed.end.elapsedMs);
  });
});

test('a client that leaves cancels its request upstream: before the answer and in the middle of it', async () => {
  for (const answer of ['', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc']) {
    await stage({}, async ({ client, atUpstream, gateway }) => {
      client.send(GET);
      const upstream = await atUpstream();
      await upstream.until(/\r\n\r\n$/);
      if (answer !== '') {
        upstream.send(answer);
        await client.until(/abc/);
      }
      client.socket.destroy();
      await upstream.closed();
      const [observed] = await gateway.ended(1);
      assert.deepEqual([observed?.end?.aborted, observed?.end?.upstreamError], [true, undefined]);
      assert.equal(gateway.gateway.inFlight(), 0);
    });
  }
});

test('a client that half-closes its connection counts as gone, as with nginx and Go', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    client.socket.end();
    await upstream.closed();
    await client.closed();
    assert.equal((await gateway.ended(1))[0]?.end?.aborted, true);
  });
});

test('a client that does not read holds the upstream back', async () => {
  await stage({}, async ({ client, atUpstream }) => {
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    client.socket.pause();
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
    const chunk = Buffer.alloc(1_000_000);
    for (let sent = 0; sent < 100; sent += 1) upstream.socket.write(chunk);
    await sleep(500);
    assert.ok(
      upstream.socket.writableLength > 50_000_000,
      `only ${upstream.socket.writableLength} bytes are held back`,
    );
    let total = 0;
    client.socket.on('data', (data) => (total += data.length));
    client.socket.resume();
    while (total < 100_000_000) await sleep(10);
  });
});

test('a client that stalls is cut off, one that waits for a slow upstream is not', async () => {
  await stage({ limits: { clientIdleTimeoutMs: 150 } }, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    await sleep(500);
    upstream.send(OK);
    await client.until(/ok$/);
    client.send('PUT /v2/a HTTP/1.1\r\nHost: registry.test\r\nContent-Length: 5\r\n\r\nab');
    await client.closed();
    const [, observed] = await gateway.ended(2);
    assert.equal(observed?.end?.aborted, true);
  });
});

test('an upstream that is silent, absent or not HTTP is reported in the form that registry clients read', async () => {
  const cases: [answer: string | undefined, status: number, reason: RegExp][] = [
    [undefined, 504, /^timeout$/],
    ['SSH-2.0-OpenSSH_9.2\r\n', 502, /^protocol$/],
    ['HTTP/1.1 200 OK\r\nX-A: b\0c\r\n\r\n', 502, /^protocol$/],
    [`HTTP/1.1 200 OK\r\nX-A: ${'b'.repeat(20_000)}\r\n\r\n`, 502, /^protocol$/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 502, /^(protocol|reset)$/],
  ];
  for (const [answer, status, reason] of cases) {
    for (const request of [
      GET,
      'POST /v2/a HTTP/1.1\r\nHost: registry.test\r\nContent-Length: 2\r\n\r\nhi',
    ]) {
      await stage(
        { upstream: { headersTimeoutMs: 300, uploadTimeoutMs: 300 } },
        async ({ client, atUpstream, gateway }) => {
          client.send(request);
          const upstream = await atUpstream();
          await upstream.until(/\r\n\r\n/);
          if (answer !== undefined) upstream.send(answer);
          const received = await client.until(/\}\n$/);
          assert.match(
            received,
            new RegExp(
              `^HTTP/1\\.1 ${status} [^]*\\{"errors":\\[\\{"code":"UNAVAILABLE","message":"the registry `,
            ),
          );
          const [observed] = await gateway.ended(1);
          assert.equal(observed?.end?.status, status);
          assert.match(observed.end.upstreamError?.reason ?? '', reason);
          assert.equal(observed.head, undefined);
        },
      );
    }
  }
  await stage({}, async ({ client, upstream, gateway }) => {
    await upstream.close();
    for (const [index, request] of [GET, GET.replace('GET', 'DELETE')].entries()) {
      client.send(request);
      await client.until(new RegExp(`(HTTP/1\\.1 502 [^]*){${index + 1}}`));
    }
    const reasons = (await gateway.ended(2)).map(({ end }) => end?.upstreamError?.reason);
    assert.deepEqual(reasons, ['connect', 'connect']);
  });
});

test('a silence in the middle of a body breaks off the client', async () => {
  await stage({ upstream: { bodyTimeoutMs: 300 } }, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
    assert.match(await client.closed(), /abc$/);
    assert.equal((await gateway.ended(1))[0]?.end?.upstreamError?.reason, 'timeout');
  });
});
