import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const CHUNK = Buffer.alloc(256 * 1024, 'x');

/** Writes so many bytes as fast as the other side reads them. */
export async function pour(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    if (!socket.write(left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left))) await once(socket, 'drain');
  }
}

export type MadeUpBlobs = {
  url: string;
  /** Bytes that the upstream has handed to its connections. */
  written(): number;
  close(): void;
};

/**
 * An upstream that makes up blobs (`?bytes=`) and swallows uploads as fast as it can; with `every`, it sends one
 * byte each so many milliseconds instead.
 */
export async function startMadeUpBlobs(): Promise<MadeUpBlobs> {
  const sockets = new Set<Socket>();
  let closedBytes = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      closedBytes += socket.bytesWritten;
    });
    void answer(socket).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    // What node still holds itself has not been sent.
    written: () =>
      [...sockets].reduce(
        (sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength,
        closedBytes,
      ),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

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
    const status = head.startsWith('PUT ') ? '201 Created' : '200 OK';
    socket.write(`HTTP/1.1 ${status}\r\nContent-Length: ${bytes}\r\nX-Received: ${received}\r\n\r\n`);
    const every = Number(/[?&]every=(\d+)/.exec(head)?.[1] ?? 0);
    if (every === 0) await pour(socket, bytes);
    else for (let sent = 0; sent < bytes; sent += 1) await sleep(every).then(() => socket.write('x'));
    head = '';
  }
}
