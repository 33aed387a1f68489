import { KeptConnection, type KeptConnectionOptions } from './kept-connection.ts';
import { createLargeBuffers } from './large-buffers.ts';

/** The connections to one upstream that are kept. */
export type KeptConnections = {
  /** One that is free, or a new one; undefined if there are as many as may be. */
  take(): KeptConnection | undefined;
  /** Its answer is complete, and the upstream keeps it. */
  giveBack(connection: KeptConnection): void;
  /** Ends all, also those in use, and opens no more. */
  close(): void;
};

export type KeptConnectionsOptions = KeptConnectionOptions & {
  maxConnections: number;
};

/** Hands out the one used last: those beyond the need grow idle, and end. */
export function createKeptConnections(options: KeptConnectionsOptions): KeptConnections {
  const all = new Set<KeptConnection>();
  const free: KeptConnection[] = [];
  const largeBuffers = createLargeBuffers();
  let isClosed = false;
  const onGone = (connection: KeptConnection): void => {
    all.delete(connection);
    const at = free.lastIndexOf(connection);
    if (at !== -1) free.splice(at, 1);
  };
  return {
    take() {
      const kept = free.pop();
      if (kept !== undefined) return kept;
      if (isClosed || all.size >= options.maxConnections) return undefined;
      const connection = new KeptConnection(options, { largeBuffers, onGone });
      all.add(connection);
      return connection;
    },
    giveBack(connection) {
      connection.release(options.keepAliveMs);
      if (all.has(connection)) free.push(connection);
    },
    close() {
      isClosed = true;
      const error = Object.assign(new Error('the upstream is closed'), { code: 'UND_ERR_DESTROYED' });
      for (const connection of [...all]) connection.fail(error);
    },
  };
}
