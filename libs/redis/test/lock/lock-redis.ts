import type { RedisSettings } from '@quay-observability/quay-config';
import { waitUntil } from '@quay-observability/testkit';
import { createRedis, type RedisConnection } from '../../src/index.ts';

export const LOCK_DB = 3;

/** A connection as the services have them, with time-outs short enough for tests. */
export async function connectTo(
  port: number,
  settings: Partial<RedisSettings> = {},
): Promise<RedisConnection> {
  const connection = createRedis({
    settings: {
      host: '127.0.0.1',
      port,
      db: LOCK_DB,
      connectTimeoutMs: 1000,
      commandTimeoutMs: 1000,
      ...settings,
    },
    name: 'test',
    maxBackoffMs: 200,
  });
  await connection.whenReady(5000);
  return connection;
}

/** Resolves when so many clients of this Redis wait in a blocking command. */
export async function someoneBlocks(connection: RedisConnection, clients = 1): Promise<void> {
  await waitUntil(`${clients} blocked`, async () => {
    const info = await connection.client.info('clients');
    return info.includes(`blocked_clients:${clients}\r\n`);
  });
}
