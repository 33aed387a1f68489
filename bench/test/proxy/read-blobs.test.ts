import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { readBlobs } from '../../src/proxy/read-blobs.ts';

const SIZE_BYTES = 300_000;
let listener: RequestListener = (_request, response) => response.end();
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  listener(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/a/blobs/b`;
const read = (seconds: number) => readBlobs(url, { connections: 2, seconds, sizeBytes: SIZE_BYTES });

after(() => {
  server.close();
  server.closeAllConnections();
});

test('every file asked for is read to its end and counted', async () => {
  requests = 0;
  listener = (_request, response) => response.end(Buffer.alloc(SIZE_BYTES));
  const files = await read(0.1);
  assert.equal(files, requests);
  assert.ok(files >= 2);
});

test('an answer of another size or status, or a broken one, is an error', async () => {
  listener = (_request, response) => response.end(Buffer.alloc(SIZE_BYTES - 1));
  await assert.rejects(read(0.1), /Content-Length is 299999/);
  listener = (_request, response) => response.writeHead(404).end(Buffer.alloc(SIZE_BYTES));
  await assert.rejects(read(0.1), /answered HTTP\/1\.1 404/);
  listener = (_request, response) => {
    response.writeHead(200, { 'content-length': SIZE_BYTES });
    response.write('part', () => response.destroy());
  };
  await assert.rejects(read(0.1), /ended early|ECONNRESET/);
});
