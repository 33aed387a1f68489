import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import type { RunningApp } from '@quay-observability/testkit';
import { pour, startMadeUpBlobs, type MadeUpBlobs } from './made-up-blobs.ts';
import { runApp } from './run-app.ts';
import { watchMemory } from './watch-memory.ts';

/** `BLOB_GIB=10` takes a minute. */
const BLOB_GIB = Number(process.env.BLOB_GIB ?? 2);
const BODY_BYTES = BLOB_GIB * 1024 ** 3;
const WARM_UP_BYTES = 64 * 1024 ** 2;
const MAX_RISE_BYTES = 50 * 1024 ** 2;

let upstream: MadeUpBlobs;
let app: RunningApp;

before(async () => {
  upstream = await startMadeUpBlobs();
  app = await runApp(upstream.url);
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
