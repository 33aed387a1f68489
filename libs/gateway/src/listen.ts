import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from '@quay-observability/coded-errors';

/**
 * Opens the listener; port 0 picks a free one. Later errors (no file descriptors left, say) go to `onProblem`.
 * Rejects with LISTEN_FAILED.
 */
export function listen(
  server: Server,
  { host, port }: { host: string; port: number },
  onProblem: (message: string, error: unknown) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const message = `cannot listen on ${host}:${port}: ${cause.code ?? cause.message}`;
      reject(new CodedError('LISTEN_FAILED', message, { cause }));
    };
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      server.on('error', (error) => {
        onProblem('The listener has a problem.', error);
      });
      resolve();
    });
  });
}

/** Base URL of a server that listens. */
export function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
