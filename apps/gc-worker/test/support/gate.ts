import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { freePort } from '@quay-observability/testkit';

/** A way to a server that can be shut: then connections are refused, and those that are open break. */
export type Gate = { readonly port: number; shut(): Promise<void>; open(): Promise<void> };

export async function createGate(targetPort: number): Promise<Gate> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Each side ends with the other, whatever happened to it.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    keep(client);
    keep(target);
    client.once('close', () => target.destroy());
    target.once('close', () => client.destroy());
    client.pipe(target).pipe(client);
  });
  const open = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await open();
  return {
    port,
    open,
    shut: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
