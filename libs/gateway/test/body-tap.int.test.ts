import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startGateway } from './start-gateway.ts';
import { WAYS } from './ways.ts';

const SIZE = 1_000_000;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Answers with `body`, and with the hash of what it was sent in a header. */
async function startUpstream(
  body: Buffer,
  framing: 'length' | 'chunked',
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const headers = { 'X-Received': sha256(Buffer.concat(pieces)) };
      response.writeHead(200, framing === 'length' ? { ...headers, 'Content-Length': body.length } : headers);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

for (const way of WAYS)
  for (const framing of ['length', 'chunked'] as const)
    test(`${way.name}, ${framing}: the hooks are shown both bodies whole, and nobody else notices`, async () => {
      const [sent, answered] = [randomBytes(SIZE), randomBytes(SIZE)];
      const upstream = await startUpstream(answered, framing);
      const shown = { request: createHash('sha256'), response: createHash('sha256'), pieces: 0 };
      const gateway = await startGateway(upstream.url, {
        fastPath: way.fastPath,
        upstream: way.upstream,
        exchange: (to) => ({
          upstream: to,
          onRequestBody: (piece) => void shown.request.update(piece),
          onResponseBody: (piece) => {
            shown.pieces += 1;
            shown.response.update(piece);
          },
        }),
      });
      try {
        const got = await fetch(`${gateway.url}/get`);
        assert.equal(sha256(Buffer.from(await got.arrayBuffer())), sha256(answered));
        assert.equal(shown.response.digest('hex'), sha256(answered));
        assert.ok(shown.pieces > 1);
        shown.response = createHash('sha256');
        const posted = await fetch(`${gateway.url}/post`, { method: 'POST', body: sent });
        assert.equal(posted.headers.get('x-received'), sha256(sent));
        assert.equal(sha256(Buffer.from(await posted.arrayBuffer())), sha256(answered));
        assert.equal(shown.request.digest('hex'), sha256(sent));
        assert.equal(shown.response.digest('hex'), sha256(answered));
        assert.deepEqual(gateway.problems, []);
      } finally {
        await gateway.close();
        upstream.close();
      }
    });

for (const way of WAYS)
  test(`${way.name}: a body hook that throws is reported once and changes nothing for the client`, async () => {
    const answered = randomBytes(SIZE);
    const upstream = await startUpstream(answered, 'length');
    const fail = (): never => {
      throw new Error('body');
    };
    const gateway = await startGateway(upstream.url, {
      fastPath: way.fastPath,
      upstream: way.upstream,
      exchange: (to) => ({ upstream: to, onRequestBody: fail, onResponseBody: fail }),
    });
    try {
      const got = await fetch(`${gateway.url}/get`);
      assert.equal(sha256(Buffer.from(await got.arrayBuffer())), sha256(answered));
      assert.deepEqual(gateway.problems.map(String), ['Error: body']);
      const posted = await fetch(`${gateway.url}/post`, { method: 'POST', body: answered });
      assert.equal(posted.headers.get('x-received'), sha256(answered));
      await posted.arrayBuffer();
      assert.equal(gateway.problems.length, 3);
    } finally {
      await gateway.close();
      upstream.close();
    }
  });

for (const way of WAYS)
  test(`${way.name}: the gateway words its own answers as it is told`, async () => {
    const gateway = await startGateway('http://127.0.0.1:1', {
      fastPath: way.fastPath,
      upstream: way.upstream,
      errorForm: ({ status, message }) => Buffer.from(JSON.stringify({ status, message })),
    });
    try {
      const expected = { status: 502, message: 'the registry cannot be reached' };
      const got = await fetch(`${gateway.url}/get`);
      assert.deepEqual([got.status, await got.json()], [502, expected]);
      const posted = await fetch(`${gateway.url}/post`, { method: 'POST', body: 'x' });
      assert.deepEqual([posted.status, await posted.json()], [502, expected]);
      const refused = await fetch(`${gateway.url}/${'a'.repeat(10_000)}`);
      assert.deepEqual(
        [refused.status, Object.keys((await refused.json()) as object)],
        [414, ['status', 'message']],
      );
    } finally {
      await gateway.close();
    }
  });
