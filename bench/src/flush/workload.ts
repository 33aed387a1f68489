import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { pullEventKey } from '@quay-observability/redis-contracts';

/** Keys of one measurement; `FLUSH_KEYS` tells another number. */
export const KEYS = Number(process.env.FLUSH_KEYS ?? 200_000);
export const REPOSITORIES = 1000;
const PER_ROUND = 2000;
const PULLS_PER_KEY = 3;

/** A connection to the Redis that collects pulls. */
export function connect(port: number): RedisConnection {
  return createRedis({
    settings: { host: '127.0.0.1', port, db: 1, connectTimeoutMs: 5000, commandTimeoutMs: 5000 },
    name: 'bench-flush',
  });
}

/** Pull events, half by tag and half by digest, over all repositories; resolves to the pulls that they stand for. */
export async function fillRedis(
  { client }: RedisConnection,
  repositoryIds: readonly number[],
): Promise<number> {
  // A schedule that an app has left would make the next one wait for its tick.
  await client.flushdb();
  for (let from = 0; from < KEYS; from += PER_ROUND) {
    const pipeline = client.pipeline();
    for (let number = from; number < Math.min(KEYS, from + PER_ROUND); number += 1) {
      const repositoryId = repositoryIds[number % repositoryIds.length]!;
      const round = Math.floor(number / repositoryIds.length);
      const tag = round % 2 === 0 ? `v${round}` : undefined;
      const digest = `sha256:${(number - (round % 2) * repositoryIds.length).toString(16).padStart(64, '0')}`;
      pipeline.hset(pullEventKey({ repositoryId, tag, digest }), {
        repository_id: repositoryId,
        tag_name: tag ?? '',
        manifest_digest: digest,
        pull_count: PULLS_PER_KEY,
        last_pull_timestamp: 1_750_000_000 + round,
        pull_method: tag === undefined ? 'digest' : 'tag',
      });
    }
    await pipeline.exec();
  }
  return KEYS * PULLS_PER_KEY;
}
