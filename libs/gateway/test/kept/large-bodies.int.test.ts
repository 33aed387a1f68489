import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { startGateway } from '../start-gateway.ts';

const SIZE_BYTES = 3_000_000;
/** More than there are large buffers. */
const AT_A_TIME = 48;
const WAYS = ['at once', 'after a rest', 'with rests', 'not to the end'] as const;

/** A body like no other: a byte of another one anywhere would show. */
function bodyOf(id: number): Buffer {
  return Buffer.alloc(SIZE_BYTES, `${id}:${id * 7919};`);
}

/** Answers `/<id>`; after every fifth answer the connection ends. */
async function startUpstream() {
  const server = createServer((request, response) => {
    const id = Number(request.url?.slice(1));
    if (id % 5 === 0) response.setHeader('Connection', 'close');
    response.setHeader('Content-Length', SIZE_BYTES);
    response.end(bodyOf(id));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What a client gets that reads in this way. */
async function download(url: string, way: (typeof WAYS)[number]): Promise<Buffer> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  if (way === 'after a rest') await sleep(200);
  const pieces: Buffer[] = [];
  for await (const piece of response) {
    pieces.push(piece as Buffer);
    if (way === 'with rests' && pieces.length % 10 === 0) await sleep(2);
    if (way === 'not to the end' && pieces.length === 5) break;
  }
  return Buffer.concat(pieces);
}

test('no byte of a large body gets into another one, however clients read', async () => {
  const { server, url } = await startUpstream();
  const gateway = await startGateway(url);
  try {
    for (let round = 0; round < 3; round += 1)
      await Promise.all(
        Array.from({ length: AT_A_TIME }, async (_, at) => {
          const id = 1 + round * AT_A_TIME + at;
          const way = WAYS[at % WAYS.length]!;
          const got = await download(`${gateway.url}/${id}`, way);
          const expected = bodyOf(id).subarray(0, way === 'not to the end' ? got.length : SIZE_BYTES);
          assert.ok(got.equals(expected), `the body of ${id}, read ${way}`);
        }),
      );
    assert.deepEqual(gateway.problems, []);
  } finally {
    await gateway.close();
    server.close();
  }
});
