import { createRedis, type RedisConnection } from '@quay-observability/redis';
import type { Server } from '@quay-observability/testkit';

/** A connection to a Redis that is there. */
export async function connectRedis({ port }: Pick<Server, 'port'>): Promise<RedisConnection> {
  const connection = createRedis({
    settings: { host: '127.0.0.1', port, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 1000 },
    name: 'test',
    maxBackoffMs: 200,
  });
  await connection.whenReady(5000);
  return connection;
}
