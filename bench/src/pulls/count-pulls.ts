import { createRedis } from '@quay-observability/redis';
import { PULL_EVENT_PREFIX, parsePullEvent } from '@quay-observability/redis-contracts';

/** The pulls that a Redis on this machine has counted, in database 1. */
export async function countPulls(port: number): Promise<number> {
  const redis = createRedis({
    settings: { host: '127.0.0.1', port, db: 1, connectTimeoutMs: 5000, commandTimeoutMs: 5000 },
    name: 'bench-count',
  });
  try {
    await redis.whenReady(5000);
    let total = 0;
    for (const key of await redis.client.keys(`${PULL_EVENT_PREFIX}*`))
      total += parsePullEvent(await redis.client.hgetall(key))?.pull_count ?? 0;
    return total;
  } finally {
    await redis.close();
  }
}
