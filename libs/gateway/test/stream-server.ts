import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { ResponseStream } from './response-streams.ts';

/** An upstream that answers `/<n>` with stream `n`, whatever it holds. */
export async function startStreamServer(
  streamOf: (id: number) => ResponseStream,
): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('end', () => socket.end());
    let received = '';
    let talk = Promise.resolve();
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const id = Number(/^\w+ \/(\d+)/.exec(received)?.[1]);
        received = received.slice(end + 4);
        talk = talk.then(() => deliver(socket, streamOf(id)));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function deliver(socket: Socket, { pieces, slowly, ends }: ResponseStream): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    if (!socket.writable) return;
    socket.write(piece, 'latin1');
    if (slowly && index < 10) await sleep(1);
    else if (index < pieces.length - 1) await turn();
  }
  if (ends) socket.end();
}
