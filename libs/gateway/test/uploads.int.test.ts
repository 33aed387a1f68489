import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { stage } from './stage.ts';

const HEAD = 'PUT /v2/a/blobs/uploads/1 HTTP/1.1\r\nHost: registry.test\r\n';
const CREATED = 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n';
const DENIED = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\nno';

test('Expect: the client is asked for its body when the upstream asks', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    client.send(`${HEAD}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    const upstream = await atUpstream();
    await upstream.until(/Expect: 100-continue\r\n[^]*\r\n\r\n/);
    assert.equal(client.received(), '');
    upstream.send('HTTP/1.1 100 Continue\r\n\r\n');
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.send('body');
    await upstream.until(/Content-Length: 4\r\n[^]*\r\n\r\nbody$/);
    upstream.send(CREATED);
    await client.until(/\r\n\r\nHTTP\/1\.1 201 Created\r\n[^]*Connection: keep-alive/);
    assert.equal((await gateway.ended(1))[0]?.end?.bytesFromClient, 4);
  });
});

test('Expect: a final answer reaches the client without the body being sent, and ends the connection', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    client.send(`${HEAD}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n/);
    upstream.send(DENIED);
    const answer = await client.closed();
    assert.match(
      answer,
      /^HTTP\/1\.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n[^]*Connection: close\r\n\r\nno$/,
    );
    const [observed] = await gateway.ended(1);
    assert.deepEqual(
      [observed?.end?.status, observed?.end?.bytesFromClient, observed?.end?.aborted],
      [401, 0, false],
    );
  });
});

test('Expect: when the upstream says nothing the client is asked all the same', async () => {
  await stage({ limits: { continueTimeoutMs: 100 } }, async ({ client, atUpstream }) => {
    client.send(`${HEAD}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.send('body');
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\nbody$/);
    upstream.send(CREATED);
    await client.until(/201 Created/);
  });
});

test('Expect: a client that does not wait is served as well', async () => {
  await stage({}, async ({ client, atUpstream }) => {
    client.send(`${HEAD}Content-Length: 4\r\nExpect: 100-continue\r\n\r\nbody`);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\nbody$/);
    upstream.send(CREATED);
    await client.until(/^HTTP\/1\.1 201 Created/);
  });
});

test('an unknown expectation is refused', async () => {
  await stage({}, async ({ client }) => {
    client.send(`${HEAD}Content-Length: 4\r\nExpect: 200-maybe\r\n\r\n`);
    await client.until(/^HTTP\/1\.1 417 /);
  });
});

test('a chunked upload stays chunked, and its head travels before its body', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const upstream = await atUpstream();
    await upstream.until(/\r\nTransfer-Encoding: chunked\r\n[^]*\r\n\r\n$/);
    client.send('3\r\nabc\r\n');
    await upstream.until(/\r\n\r\n3\r\nabc\r\n$/);
    client.send('2\r\nde\r\n0\r\n\r\n');
    await upstream.until(/2\r\nde\r\n0\r\n\r\n$/);
    upstream.send(CREATED);
    await client.until(/201 Created/);
    assert.equal((await gateway.ended(1))[0]?.end?.bytesFromClient, 5);
  });
});

test('an upload that breaks off is never completed upstream', async () => {
  for (const framing of ['Content-Length: 10\r\n\r\nabc', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n']) {
    await stage({}, async ({ client, atUpstream, gateway }) => {
      client.send(`${HEAD}${framing}`);
      const upstream = await atUpstream();
      await upstream.until(/abc(\r\n)?$/);
      client.socket.destroy();
      const seen = await upstream.closed();
      assert.doesNotMatch(seen, /0\r\n\r\n$/);
      const [observed] = await gateway.ended(1);
      assert.deepEqual(
        [observed?.end?.aborted, observed?.end?.status, observed?.end?.upstreamError],
        [true, undefined, undefined],
      );
    });
  }
});

test('a malformed chunk in the middle of an upload is refused and never completed upstream', async () => {
  await stage({}, async ({ client, atUpstream }) => {
    client.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    const upstream = await atUpstream();
    await upstream.until(/abc\r\n$/);
    client.send('zz\r\n');
    assert.match(await client.closed(), /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(await upstream.closed(), /0\r\n\r\n$/);
  });
});

test('an answer before the end of the upload reaches the client, and the connection goes on', async () => {
  await stage({}, async ({ client, atUpstream }) => {
    client.send(`${HEAD}Content-Length: 2000000\r\n\r\n${'x'.repeat(1000)}`);
    const upstream = await atUpstream();
    await upstream.until(/x{1000}$/);
    upstream.send('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig');
    await client.until(/^HTTP\/1\.1 413 Too Large[^]*big$/);
    client.send('x'.repeat(1_999_000));
    client.send('GET /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n');
    const next = await atUpstream();
    await next.until(/^GET \/v2\/ /);
    next.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(/HTTP\/1\.1 200 OK[^]*ok$/);
  });
});

test('a request without side effects is sent again when its kept connection was stale, others are not', async () => {
  await stage({}, async ({ client, atUpstream, upstream, gateway }) => {
    client.send('GET /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n');
    (await atUpstream()).socket.destroy();
    const second = await atUpstream();
    await second.until(/^GET \/v2\/ /);
    second.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(/^HTTP\/1\.1 200 OK[^]*ok$/);
    client.send(`${HEAD}Content-Length: 2\r\n\r\nhi`);
    const third = await atUpstream();
    await third.until(/hi$/);
    third.socket.destroy();
    await client.until(/ok[^]*HTTP\/1\.1 502 Bad Gateway[^]*"UNAVAILABLE"/);
    assert.equal(upstream.connections.length, 3);
    const [, failed] = await gateway.ended(2);
    assert.equal(failed?.end?.upstreamError?.reason, 'reset');
    assert.equal(failed?.end?.status, 502);
  });
});

test('an upstream that does not read holds the client back', async () => {
  await stage({}, async ({ client, atUpstream }) => {
    client.send(`${HEAD}Content-Length: 100000000\r\n\r\n`);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n/);
    upstream.socket.pause();
    const chunk = Buffer.alloc(1_000_000);
    for (let sent = 0; sent < 100; sent += 1) client.socket.write(chunk);
    await sleep(500);
    assert.ok(
      client.socket.writableLength > 50_000_000,
      `only ${client.socket.writableLength} bytes are held back`,
    );
    let total = 0;
    upstream.socket.on('data', (data) => (total += data.length));
    upstream.socket.resume();
    while (total < 100_000_000) await sleep(10);
    upstream.send(CREATED);
    await client.until(/201 Created/);
  });
});

test('the bytes of an upload arrive as they are', async () => {
  const body = Buffer.alloc(3_000_000, 'quay-observability');
  await stage({}, async ({ client, atUpstream }) => {
    client.send(`${HEAD}Content-Length: ${body.length}\r\n\r\n`);
    client.socket.write(body);
    const upstream = await atUpstream();
    while (upstream.socket.bytesRead < body.length) await sleep(10);
    await upstream.until(/Content-Length: 3000000\r\n/);
    await sleep(20);
    const seen = Buffer.from(upstream.received(), 'latin1');
    const start = seen.indexOf('\r\n\r\n') + 4;
    assert.equal(
      createHash('sha256').update(seen.subarray(start)).digest('hex'),
      createHash('sha256').update(body).digest('hex'),
    );
    upstream.send(CREATED);
    await client.until(/201 Created/);
  });
});

test('each upload has a connection of its own, which ends with it', async () => {
  await stage({}, async ({ client, atUpstream, upstream: server }) => {
    for (const count of [1, 2, 3]) {
      client.send(`${HEAD}Content-Length: 2\r\n\r\nhi`);
      const upstream = await atUpstream();
      await upstream.until(/hi$/);
      upstream.send(CREATED);
      await client.until(new RegExp(`(201 Created[^]*){${count}}`));
      await upstream.closed();
      assert.equal(server.connections.length, count);
    }
  });
});
