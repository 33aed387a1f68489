import { createRedis, type RedisConnection } from '@quay-observability/redis';

/** Runs commands on a connection of its own. */
export async function askRedis<T>(
  port: number,
  work: (client: RedisConnection['client']) => Promise<T>,
): Promise<T> {
  const connection = createRedis({
    settings: { host: '127.0.0.1', port, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 1000 },
    name: 'asking',
  });
  await connection.whenReady(5000);
  try {
    return await work(connection.client);
  } finally {
    await connection.close();
  }
}
