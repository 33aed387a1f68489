import type { ConnectionPool } from './connection-pool.ts';
import { DatabaseError, toDatabaseError } from './database-error.ts';
import type { Connection } from './open-connection.ts';

/**
 * Resolves if the server answers within the time. A connection that does not answer is cut, so that it
 * cannot poison the pool. The observer hears nothing of it: a ping is nobody's use of the database.
 *
 * @throws DatabaseError `DATABASE_UNAVAILABLE`, or `DATABASE_POOL_EXHAUSTED` if callers held every connection.
 */
export async function ping(pool: ConnectionPool, server: string, timeoutMs: number): Promise<void> {
  let timeoutError: DatabaseError | undefined;
  let connection: Connection | undefined;
  const acquiring = pool.acquireUncounted();
  const timer = setTimeout(() => {
    timeoutError = noAnswer(server, timeoutMs, connection === undefined && pool.isFull());
    if (connection === undefined) acquiring.abort();
    else connection.cut(timeoutError);
  }, timeoutMs);
  try {
    connection = await acquiring.promise;
    await connection.client.query('SELECT 1');
  } catch (error) {
    throw timeoutError ?? toDatabaseError(error, server) ?? error;
  } finally {
    clearTimeout(timer);
    if (connection !== undefined) pool.release(connection);
  }
}

function noAnswer(server: string, timeoutMs: number, poolIsFull: boolean): DatabaseError {
  const text = poolIsFull ? 'all pooled connections were in use for' : 'no answer within';
  return new DatabaseError(
    poolIsFull ? 'DATABASE_POOL_EXHAUSTED' : 'DATABASE_UNAVAILABLE',
    `PostgreSQL ${server}: ${text} ${timeoutMs} ms`,
    { reason: 'timeout', serverFailed: !poolIsFull },
  );
}
