import { createServer } from 'node:net';

const handedOut = new Set<number>();

/** A TCP port of 127.0.0.1 that nothing listens on, and that this process was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await portChosenBySystem();
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
}

function portChosenBySystem(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}
