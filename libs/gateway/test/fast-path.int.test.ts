import assert from 'node:assert/strict';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { startGateway } from './start-gateway.ts';
import { stage } from './stage.ts';
import { WAYS } from './ways.ts';

const GET = 'GET /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n';

/** An upstream of node's that answers every request with so many bytes, told or untold. */
async function startUpstream(sizeBytes: number, { length = false, close = false } = {}) {
  const body = Buffer.alloc(sizeBytes, 'a');
  const server = createServer((_request, response) => {
    if (length) response.setHeader('Content-Length', sizeBytes);
    if (close) response.setHeader('Connection', 'close');
    response.write(body.subarray(0, 1000));
    response.end(body.subarray(1000));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** How many bytes a client gets that rests before it reads; undefined if they are not all there is. */
async function slowly(url: string, restMs: number): Promise<number | undefined> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  await sleep(restMs);
  let sizeBytes = 0;
  try {
    for await (const piece of response) sizeBytes += (piece as Buffer).length;
  } catch {
    return undefined;
  }
  return response.complete ? sizeBytes : undefined;
}

for (const way of WAYS) {
  for (const close of [false, true]) {
    test(`${way.name}: a slow client gets all of an answer of unknown length${close ? ', after the upstream has gone' : ''}`, async () => {
      const sizeBytes = 5_000_000;
      const { server, url } = await startUpstream(sizeBytes, { close });
      const gateway = await startGateway(url, way);
      try {
        const got = await Promise.all(Array.from({ length: 8 }, () => slowly(`${gateway.url}/v2/`, 300)));
        assert.deepEqual(got, Array<number>(8).fill(sizeBytes));
      } finally {
        await gateway.close();
        server.close();
      }
    });
  }

  test(`${way.name}: a client that does not read is cut off after its own time limit, not that of idle connections`, async () => {
    const { server, url } = await startUpstream(40_000_000, { length: true });
    const gateway = await startGateway(url, {
      ...way,
      limits: { keepAliveMs: 300, clientIdleTimeoutMs: 5000 },
    });
    try {
      assert.equal(await slowly(`${gateway.url}/v2/`, 1500), 40_000_000);
    } finally {
      await gateway.close();
      server.close();
    }
  });

  test(`${way.name}: answers in chunks leave no connection behind that nobody uses`, async () => {
    const { server, url } = await startUpstream(2000);
    const gateway = await startGateway(url, way);
    try {
      for (let request = 0; request < 10; request += 1) await slowly(`${gateway.url}/v2/`, 0);
      const connections = await new Promise<number>((resolve) => {
        server.getConnections((_error, count) => {
          resolve(count);
        });
      });
      assert.ok(connections <= 2, `${connections} connections`);
    } finally {
      await gateway.close();
      server.close();
    }
  });

  test(`${way.name}: a request under way when its upstream is closed ends with an error`, async () => {
    await stage(way, async ({ client, atUpstream, gateway }) => {
      client.send(GET);
      await (await atUpstream()).until(/\r\n\r\n/);
      await gateway.upstream.close();
      await client.until(/^HTTP\/1\.1 502 /);
      await gateway.ended(1);
    });
  });

  test(`${way.name}: a header that cannot be sent upstream fails its own request, and its exchange is told`, async () => {
    for (const later of [false, true]) {
      const exchange: NonNullable<Parameters<typeof stage>[0]['exchange']> = (upstream) => {
        const faulty = { upstream, upstreamHeaders: { 'x-a': 'b\u010ac' } };
        return later ? Promise.resolve(faulty) : faulty;
      };
      await stage({ ...way, exchange }, async ({ client, gateway }) => {
        client.send(GET);
        await client.until(/^HTTP\/1\.1 50[23] /);
        await gateway.ended(1);
        assert.equal(gateway.gateway.inFlight(), 0);
      });
    }
  });

  test(`${way.name}: silence in the middle of an answer is a time-out, whoever reads it`, async () => {
    const upstream = { ...way.upstream, bodyTimeoutMs: 200 };
    for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked']) {
      await stage({ ...way, upstream }, async ({ client, atUpstream, gateway }) => {
        client.send(GET);
        const registry = await atUpstream();
        await registry.until(/\r\n\r\n/);
        registry.send(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`);
        await client.closed();
        assert.equal((await gateway.ended(1))[0]?.end?.upstreamError?.reason, 'timeout', framing);
      });
    }
  });

  test(`${way.name}: a value that ends in a non-breaking space keeps it, and an answer of the gateway's own counts no bytes`, async () => {
    await stage(way, async ({ client, atUpstream, gateway, upstream }) => {
      client.send('GET / HTTP/1.1\r\nHost: r\r\nX-A: voil\xc3\xa0\r\n\r\n');
      const registry = await atUpstream();
      await registry.until(/x-a: voil\xc3\xa0\r\n/i);
      registry.socket.destroy();
      await upstream.close();
      await client.until(/^HTTP\/1\.1 502 [^]*\}\n$/);
      assert.equal((await gateway.ended(1))[0]?.end?.bytesToClient, 0);
    });
  });
}
