import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fetchHead, createUpstreamHealth } from '../src/index.ts';
import { stage } from './stage.ts';
import { startRawServer } from './raw-http.ts';

const HEALTH = { path: '/v2/', timeoutMs: 200, cacheMs: 0 };

test('an upstream is up if it answers below 500', async () => {
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end('x'.repeat(100_000)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const health = createUpstreamHealth({ ...HEALTH, url });
  for (status of [200, 401, 404, 500, 503]) {
    assert.deepEqual(await health.check(), { up: status < 500, status, message: `answered ${status}` });
  }
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  assert.deepEqual(await health.check(), { up: false, status: undefined, message: 'ECONNREFUSED' });
});

test('an upstream that says nothing is down, and callers share the question', async () => {
  const silent = await startRawServer(() => undefined);
  const health = createUpstreamHealth({ ...HEALTH, url: silent.url, cacheMs: 1000 });
  const answers = await Promise.all([health.check(), health.check(), health.check()]);
  for (const answer of answers)
    assert.deepEqual(answer, { up: false, status: undefined, message: 'no answer within 200 ms' });
  assert.equal(silent.connections.length, 1);
  await silent.close();
});

test('HEAD requests of the gateway itself have a time limit', async () => {
  await stage({}, async ({ gateway, atUpstream }) => {
    const request = { target: '/v2/a', rawHeaders: ['Host', 'registry.test'], timeoutMs: 300 };
    const answered = fetchHead(gateway.upstream, request);
    const upstream = await atUpstream();
    await upstream.until(/^HEAD \/v2\/a HTTP\/1\.1\r\nhost: registry\.test\r\n/i);
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    assert.deepEqual(await answered, { status: 200, rawHeaders: ['Content-Length', '5'] });
    await assert.rejects(fetchHead(gateway.upstream, request), /no answer to HEAD within 300 ms/);
  });
});

test('a TLS handshake that does not go on has the time limit of a connection', async () => {
  const silent = await startRawServer(() => undefined);
  const url = silent.url.replace('http:', 'https:');
  try {
    for (const method of ['POST', 'GET', 'HEAD']) {
      await stage({ upstream: { url, connectTimeoutMs: 300 } }, async ({ client, gateway }) => {
        client.send(`${method} /v2/ HTTP/1.1\r\nHost: registry.test\r\n\r\n`);
        await client.until(/^HTTP\/1\.1 504 [^]*\r\n\r\n/);
        const [observed] = await gateway.ended(1);
        assert.equal(observed?.end?.upstreamError?.reason, 'connect');
      });
    }
  } finally {
    await silent.close();
  }
});
