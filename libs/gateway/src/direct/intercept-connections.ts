import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Gives a connection, with what has been read of it, to node's server. */
export type HandOver = (socket: Socket, read: Buffer) => void;

/** Lets `take` have each new connection of the server instead of node, which can be handed it later. */
export function interceptConnections(
  server: Server,
  take: (socket: Socket, handOver: HandOver) => void,
): void {
  const plain = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners('connection');
  const handOver: HandOver = (socket, read) => {
    for (const listener of plain) listener.call(server, socket);
    // It listens for data by now, as if this had just come.
    socket.emit('data', read);
    socket.resume();
  };
  server.on('connection', (socket) => {
    take(socket, handOver);
  });
}
