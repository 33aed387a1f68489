import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { test } from 'node:test';
import { createGateway, createUpstream, type ErrorForm } from '../src/index.ts';
import { converse } from './raw-http.ts';
import { LIMITS, startGateway } from './start-gateway.ts';
import { WAYS } from './ways.ts';

const errorForm: ErrorForm = ({ status, code, message }) =>
  Buffer.from(JSON.stringify({ detail: message, status, code }));

/** The status and the body of the only answer in what a connection received. */
function answerIn(received: string): { status: number; body: unknown } {
  const [head = '', body = ''] = received.split('\r\n\r\n');
  assert.match(head, /^content-type: application\/json$/im);
  assert.match(head, new RegExp(`^content-length: ${body.length}$`, 'im'));
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), body: JSON.parse(body) };
}

for (const { name, fastPath, upstream } of WAYS)
  test(`${name}: every error of the gateway's own has the form that is asked for`, async () => {
    // Nobody listens there.
    const gateway = await startGateway('http://127.0.0.1:1', {
      fastPath,
      upstream,
      errorForm,
      upstreamKind: 'API',
    });
    const ask = async (text: string) => answerIn(await converse(gateway.port, text));
    try {
      const failed = { detail: 'the API cannot be reached', status: 502, code: 'UNAVAILABLE' };
      assert.deepEqual(await (await fetch(gateway.url)).json(), failed);
      for (const head of ['GET / HTTP/1.1', 'POST / HTTP/1.1\r\nContent-Length: 0'])
        assert.deepEqual(await ask(`${head}\r\nHost: a\r\nConnection: close\r\n\r\n`), {
          status: 502,
          body: failed,
        });
      assert.deepEqual(await ask('GET * HTTP/1.1\r\nHost: a\r\n\r\n'), {
        status: 400,
        body: { detail: 'the request target must be a path', status: 400, code: 'BAD_REQUEST' },
      });
      assert.deepEqual(await ask('nonsense\r\n\r\n'), {
        status: 400,
        body: { detail: 'the request is not valid HTTP', status: 400, code: 'BAD_REQUEST' },
      });
      assert.deepEqual(await ask('CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'), {
        status: 405,
        body: { detail: 'CONNECT is not supported', status: 405, code: 'UNSUPPORTED' },
      });
    } finally {
      await gateway.close();
    }
  });

test('whoever asks is told the server before it listens', async () => {
  const upstream = createUpstream({
    name: 'registry',
    url: 'http://127.0.0.1:1',
    maxConnections: 1,
    connectTimeoutMs: 1000,
    headersTimeoutMs: 1000,
    bodyTimeoutMs: 1000,
    uploadTimeoutMs: 1000,
    keepAliveMs: 1000,
    maxHeaderBytes: 16_384,
  });
  const told: Server[] = [];
  const gateway = createGateway({
    limits: LIMITS,
    trustForwarded: true,
    startExchange: () => ({ upstream }),
    onServer: (server) => told.push(server),
    onProblem: () => undefined,
  });
  assert.deepEqual(
    told.map(({ listening }) => listening),
    [false],
  );
  await gateway.listen({ host: '127.0.0.1', port: 0 });
  assert.ok(told[0]!.listening);
  await gateway.close();
  await upstream.close();
});
