import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection on which bytes are sent and awaited exactly. */
export type RawConnection = {
  socket: Socket;
  send(text: string): void;
  /** What was received so far, as Latin-1; of long bodies only the beginning. */
  received(): string;
  /** Resolves when what was received matches; rejects when the connection ends before, or in 10 s. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with everything received once the other side has ended or broken the connection. */
  closed(): Promise<string>;
};

const PATIENCE_MS = 10_000;
const MAX_KEPT = 4_000_000;

export function wrap(socket: Socket): RawConnection {
  let kept = '';
  socket.on('data', (chunk: Buffer) => {
    if (kept.length < MAX_KEPT) kept += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  const over = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => {
      resolve();
    });
  });
  const received = (): string => kept;
  const patient = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const timer = AbortSignal.timeout(PATIENCE_MS);
    const late = once(timer, 'abort').then(() => {
      throw new Error(`${what} did not happen; received: ${received().slice(0, 2000)}`);
    });
    return await Promise.race([work, late]);
  };
  return {
    socket,
    send: (text) => void socket.write(text, 'latin1'),
    received,
    until: (pattern) =>
      patient(
        `a match of ${String(pattern)}`,
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (pattern.test(received())) resolve(received());
          };
          socket.on('data', look);
          void over.then(() => {
            look();
            reject(new Error(`ended before ${String(pattern)}; received: ${received().slice(0, 2000)}`));
          });
          look();
        }),
      ),
    closed: () => patient('the end of the connection', over.then(received)),
  };
}

export async function open(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1' });
  const raw = wrap(socket);
  await once(socket, 'connect');
  return raw;
}

/** Sends one text and gives all that comes back until the other side ends the connection. */
export async function converse(port: number, text: string): Promise<string> {
  const raw = await open(port);
  raw.send(text);
  try {
    return await raw.closed();
  } finally {
    raw.socket.destroy();
  }
}

/** A server that speaks whatever the test makes it say, one callback per connection. */
export type RawServer = {
  port: number;
  url: string;
  connections: RawConnection[];
  close(): Promise<void>;
};

export async function startRawServer(onConnection: (connection: RawConnection) => void): Promise<RawServer> {
  const connections: RawConnection[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = wrap(socket);
    connections.push(connection);
    onConnection(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections,
    close: async () => {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers every request on the connection, once its head is there, with the same bytes. */
export function answering(answer: string): (connection: RawConnection) => void {
  return (connection) => {
    let answered = 0;
    connection.socket.on('data', () => {
      const heads = connection.received().split('\r\n\r\n').length - 1;
      for (; answered < heads; answered += 1) connection.send(answer);
    });
  };
}
