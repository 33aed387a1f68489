import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { open } from './raw-http.ts';
import { stage } from './stage.ts';

const GET = 'GET /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('a hook that throws is reported and changes nothing for the client', async () => {
  const faulty = {
    onResponseHead: () => {
      throw new Error('head');
    },
    onEnd: () => {
      throw new Error('end');
    },
  };
  await stage(
    { exchange: (upstream) => ({ upstream, ...faulty }) },
    async ({ client, atUpstream, gateway }) => {
      client.send(GET);
      const upstream = await atUpstream();
      await upstream.until(/\r\n\r\n$/);
      upstream.send(OK);
      await client.until(/^HTTP\/1\.1 200 OK[^]*ok$/);
      await gateway.ended(1);
      assert.deepEqual(gateway.problems.map(String), ['Error: head', 'Error: end']);
    },
  );
});

test('a decision that fails, at once or later, gives 503 and leaves the gateway serving', async () => {
  let fail: 'at once' | 'later' | 'never' = 'at once';
  await stage(
    {
      exchange: (upstream) => {
        if (fail === 'at once') throw new Error('no decision');
        return fail === 'later' ? Promise.reject(new Error('no decision')) : Promise.resolve({ upstream });
      },
    },
    async ({ client, atUpstream, gateway }) => {
      client.send(GET);
      await client.until(/^HTTP\/1\.1 503 /);
      fail = 'later';
      client.send(GET);
      await client.until(/(HTTP\/1\.1 503 [^]*){2}/);
      fail = 'never';
      client.send(GET);
      const upstream = await atUpstream();
      upstream.send(OK);
      await client.until(/HTTP\/1\.1 200 OK[^]*ok$/);
      assert.equal(gateway.problems.length, 2);
      assert.deepEqual(
        gateway.refused.map(({ status }) => status),
        [503, 503],
      );
    },
  );
});

test('a client that leaves while its upstream is chosen costs no request', async () => {
  await stage(
    { exchange: (upstream) => sleep(200).then(() => ({ upstream })) },
    async ({ client, upstream, gateway }) => {
      client.send(GET);
      await sleep(50);
      client.socket.destroy();
      const [observed] = await gateway.ended(1);
      assert.equal(observed?.end?.aborted, true);
      assert.equal(upstream.connections.length, 0);
      assert.equal(gateway.gateway.inFlight(), 0);
    },
  );
});

test('beyond the limit of concurrent requests there is a clear 503', async () => {
  await stage({ limits: { maxConcurrentRequests: 1 } }, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    const upstream = await atUpstream();
    const second = await open(gateway.port);
    second.send(GET);
    await second.until(
      /^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n[^]*"code":"UNAVAILABLE","message":"the gateway has too many/,
    );
    upstream.send(OK);
    await client.until(/ok$/);
    second.send(GET);
    await upstream.until(/(GET [^]*){2}/);
    upstream.send(OK);
    await second.until(/503[^]*HTTP\/1\.1 200 OK[^]*ok$/);
    second.socket.destroy();
  });
});

test('a refused upload that does not go on ends with its connection', async () => {
  const limits = { maxConcurrentRequests: 1, discardTimeoutMs: 200 };
  await stage({ limits }, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    await atUpstream();
    const second = await open(gateway.port);
    second.send('PUT /v2/a HTTP/1.1\r\nHost: registry.test\r\nContent-Length: 1000000\r\n\r\nabc');
    assert.match(await second.closed(), /^HTTP\/1\.1 503 [^]*\}\n$/);
  });
});

test('closing waits for the requests under way and ends their connections', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    const idle = await open(gateway.port);
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    let closed = false;
    const closing = gateway.gateway.close().then(() => (closed = true));
    await sleep(50);
    assert.equal(closed, false);
    upstream.send(OK);
    assert.match(await client.closed(), /Connection: close\r\n[^]*ok$/);
    await Promise.all([closing, idle.closed()]);
  });
});

test('an answer that began before the close is finished, and its connection ends', async () => {
  await stage({}, async ({ client, atUpstream, gateway }) => {
    client.send(GET);
    const upstream = await atUpstream();
    await upstream.until(/\r\n\r\n$/);
    upstream.send(OK.slice(0, -1));
    await client.until(/o$/);
    const closing = gateway.gateway.close();
    upstream.send('k');
    assert.match(await client.closed(), /ok$/);
    await closing;
  });
});
