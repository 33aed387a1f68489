import type { ConnectionPool } from './connection-pool.ts';
import type { Connection } from './open-connection.ts';

/** What knex hands back: it wants its own mark on the connection of pg. */
type KnexConnection = Connection['client'] & { __knexUid?: string; __knex__disposed?: unknown };

/** The pool in the form that knex takes: of pg's clients, each with a mark. */
export function createKnexPool(pool: ConnectionPool) {
  const held = new Map<string, Connection>();
  let count = 0;
  const knexPool = {
    acquire: () => {
      const { promise } = pool.acquire();
      return {
        promise: promise.then((connection) => {
          const client: KnexConnection = connection.client;
          client.__knexUid ??= `connection-${(count += 1)}`;
          held.set(client.__knexUid, connection);
          return client;
        }),
      };
    },
    release: (client: KnexConnection) => {
      const connection = held.get(client.__knexUid ?? '');
      if (connection === undefined) return false;
      held.delete(client.__knexUid ?? '');
      // Knex marks a connection whose query it gave up on.
      if (client.__knex__disposed !== undefined) connection.cut(new Error('given up by knex'));
      return pool.release(connection);
    },
    destroy: () => Promise.resolve(),
    // By these knex recognises a pool in the manner of tarn.
    numFree: () => pool.state().available,
    numUsed: () => pool.state().inUse,
    numPendingAcquires: () => pool.state().waiting,
  };
  return {
    knexPool,
    discard: (uid: string | undefined, reason: Error) => held.get(uid ?? '')?.cut(reason),
  };
}
