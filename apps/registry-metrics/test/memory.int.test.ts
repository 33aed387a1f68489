import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { RunningApp } from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

/** `BLOB_GIB=10` takes a minute. */
const BLOB_GIB = Number(process.env.BLOB_GIB ?? 2);
const BODY_BYTES = BLOB_GIB * 1024 ** 3;
const WARM_UP_BYTES = 64 * 1024 ** 2;
const MAX_RISE_BYTES = 50 * 1024 ** 2;
const CHUNK = Buffer.alloc(256 * 1024, 'x');

const upstream = createServer((socket) => {
  void answer(socket).catch(() => socket.destroy());
});
let app: RunningApp;

before(async () => {
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  app = await runApp(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
});

after(async () => {
  await app.stop();
  upstream.close();
});

test(
  `a blob of ${BLOB_GIB} GiB in either direction leaves the memory flat`,
  { timeout: BLOB_GIB * 60_000 },
  async () => {
    for (const transfer of [download, upload]) {
      await transfer(WARM_UP_BYTES);
      const memory = watchMemory(app.process.pid);
      assert.equal(await transfer(BODY_BYTES), BODY_BYTES);
      const riseBytes = memory.stop();
      assert.ok(
        riseBytes < MAX_RISE_BYTES,
        `${transfer.name}: resident memory rose by ${Math.round(riseBytes / 1024 ** 2)} MiB`,
      );
    }
  },
);

/** The rise of the peak of resident memory over what it is now, in bytes. */
function watchMemory(pid: number): { stop: () => number } {
  const residentBytes = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const before = residentBytes();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes())), 20);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(peak, residentBytes()) - before;
    },
  };
}

const DIGEST = `sha256:${'0'.repeat(64)}`;

async function download(bytes: number): Promise<number> {
  const socket = dial();
  socket.write(
    `GET /v2/a/blobs/${DIGEST}?bytes=${bytes} HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n`,
  );
  let received = 0;
  let headLength = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    if (headLength === 0) headLength = chunk.indexOf('\r\n\r\n') + 4;
    received += chunk.length;
  }
  return received - headLength;
}

async function upload(bytes: number): Promise<number> {
  const socket = dial();
  socket.write(
    `PUT /v2/a/blobs/uploads/1?bytes=0 HTTP/1.1\r\nHost: registry.test\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
  );
  await pour(socket, bytes);
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
  return Number(/X-Received: (\d+)/.exec(text)?.[1]);
}

function dial(): Socket {
  const { hostname, port } = new URL(app.url);
  return connect({ host: hostname, port: Number(port) });
}

async function pour(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    if (!socket.write(left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left))) await once(socket, 'drain');
  }
}

/** An upstream that makes up blobs and swallows uploads as fast as it can. */
async function answer(socket: Socket): Promise<void> {
  let head = '';
  let received = 0;
  socket.on('error', () => undefined);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    if (head === '') {
      const end = chunk.indexOf('\r\n\r\n') + 4;
      head = chunk.toString('latin1', 0, end);
      received = chunk.length - end;
    } else {
      received += chunk.length;
    }
    const expected = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (received < expected) continue;
    const bytes = Number(/[?&]bytes=(\d+)/.exec(head)?.[1] ?? 0);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\nX-Received: ${received}\r\n\r\n`);
    await pour(socket, bytes);
    head = '';
  }
}
