import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { KeptConnection, type ConnectionUser } from '../../src/kept/kept-connection.ts';
import { createLargeBuffers } from '../../src/kept/large-buffers.ts';

const LARGE = 2 ** 21;

/** A connection, its other end, and what happens to its large buffer. */
async function open() {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const buffers = createLargeBuffers(1);
  const told: string[] = [];
  const connection = new KeptConnection(
    { host: '127.0.0.1', port, connectTimeoutMs: 5000, keepAliveMs: 60_000 },
    {
      largeBuffers: {
        take: () => buffers.take(),
        giveBack: (buffer) => {
          told.push('given back');
          buffers.giveBack(buffer);
        },
        drop: () => {
          told.push('dropped');
          buffers.drop();
        },
      },
      onGone: () => undefined,
    },
  );
  const [peer] = (await once(server, 'connection')) as [Socket];
  const close = (): void => {
    connection.destroy();
    peer.destroy();
    server.close();
  };
  return { connection, peer, told, close };
}

/** Reads one piece with `take`, and tells how large the buffer is that it lies in. */
function read(
  { connection, peer }: { connection: KeptConnection; peer: Socket },
  take: (bytes: Buffer) => boolean,
): Promise<number> {
  return new Promise((resolve) => {
    const user: ConnectionUser = {
      onBytes: (bytes) => {
        const goesOn = take(bytes);
        // Once the connection has asked for the next buffer.
        setImmediate(() => {
          resolve(bytes.buffer.byteLength);
        });
        return goesOn;
      },
      onEnd: () => undefined,
      onClosed: () => undefined,
      onSilence: () => undefined,
    };
    connection.handOver(user);
    peer.write('piece');
  });
}

test('a large body is read into a large buffer, which goes back with the first read after it', async () => {
  const opened = await open();
  const { connection, told } = opened;
  try {
    const small = await read(opened, () => {
      connection.expectBody(LARGE);
      return true;
    });
    const large = await read(opened, () => {
      connection.release(60_000);
      return true;
    });
    assert.ok(large > small, `${large} bytes after ${small}`);
    assert.deepEqual(told, ['given back']);
    assert.equal(await read(opened, () => true), small);
  } finally {
    opened.close();
  }
});

test('a large buffer does not go back while bytes in it are on their way to a client', async () => {
  const opened = await open();
  const { connection, told } = opened;
  try {
    await read(opened, () => {
      connection.expectBody(LARGE);
      return true;
    });
    await read(opened, () => true);
    // The body has ended when nothing was being read; the next answer, a small one, still comes into the large buffer.
    connection.release(60_000);
    await read(opened, () => false);
    assert.deepEqual(told, []);
    connection.resume();
    await read(opened, () => true);
    assert.deepEqual(told, ['given back']);
  } finally {
    opened.close();
  }
});

test('a large buffer never goes back from a connection that ends: a client may still be reading it', async () => {
  const opened = await open();
  const { connection, peer, told } = opened;
  try {
    await read(opened, () => {
      connection.expectBody(LARGE);
      return true;
    });
    await read(opened, () => false);
    connection.destroy();
    await once(peer, 'close');
    assert.deepEqual(told, ['dropped']);
  } finally {
    opened.close();
  }
});

test('there are no more large buffers than may be, and a dropped one makes room', () => {
  const buffers = createLargeBuffers(1);
  const first = buffers.take();
  assert.ok(first !== undefined);
  assert.equal(buffers.take(), undefined);
  buffers.giveBack(first);
  assert.equal(buffers.take(), first);
  buffers.drop();
  assert.notEqual(buffers.take(), undefined);
});
