import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from '@quay-observability/coded-errors';

export type ListenAddress = {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** What the operator calls the two, for messages. */
  settings?: { host: string; port: string };
};

/** The listening side of a server. */
export type Listener = {
  /** Rejects with LISTEN_FAILED. */
  listen: (address: ListenAddress) => Promise<void>;
  /** Base URL; known once listening, and still when closed. */
  url: () => string;
  /**
   * Resolves when all connections have ended; `endUnused` is called once no more can come. A `listen` that
   * is still under way is undone.
   */
  close: (endUnused: () => void) => Promise<void>;
};

/** Errors while listening (no file descriptors left, say) go to `onProblem`. */
export function createListener(
  server: Server,
  onProblem: (message: string, error: unknown) => void,
): Listener {
  let opening: Promise<void> = Promise.resolve();
  let refuse: ((error: NodeJS.ErrnoException) => void) | undefined;
  let closing = false;
  let url = '';
  // One for good: an 'error' without a handler would end the process.
  server.on('error', (error) => {
    if (refuse === undefined) onProblem('The listener has a problem.', error);
    else refuse(error);
  });
  const open = (address: ListenAddress): Promise<void> =>
    new Promise((resolve, reject) => {
      refuse = (error) => {
        refuse = undefined;
        reject(failure(address, error.code ?? error.message, error));
      };
      server.listen({ host: address.host, port: address.port }, () => {
        refuse = undefined;
        url = urlOf(server);
        resolve();
      });
    });
  return {
    listen: (address) => {
      if (closing) return Promise.reject(failure(address, 'the listener is closed'));
      opening = open(address);
      return opening;
    },
    url: () => url,
    close: async (endUnused) => {
      closing = true;
      // Node cannot cancel it: the name may still be being looked up.
      await opening.catch(() => undefined);
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        endUnused();
      });
    },
  };
}

function failure({ host, port, settings }: ListenAddress, why: string, cause?: Error): CodedError {
  const where =
    settings === undefined ? `${host}:${port}` : `${settings.host}=${host} ${settings.port}=${port}`;
  const options = cause === undefined ? {} : { cause };
  return new CodedError('LISTEN_FAILED', `The gateway cannot listen on ${where}: ${why}`, options);
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
