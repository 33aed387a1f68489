import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { PULL_EVENT_PREFIX, parsePullEvent, type PullEvent } from '@quay-observability/redis-contracts';
import { type PostgresServer, type Server } from '@quay-observability/testkit';
import type { Samples } from './samples.ts';

/** Turns the tracking of pulls on, as Quay's configuration does. */
export function trackingEnv(redis: Pick<Server, 'port'>, postgres: Pick<PostgresServer, 'uri'>) {
  return {
    FEATURE_IMAGE_PULL_STATS: 'true',
    PULL_METRICS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port, db: 1 }),
    DB_URI: postgres.uri,
  };
}

/** The Redis of pulls, as a reader of its own. */
export async function openPullRedis(port: number): Promise<RedisConnection> {
  const connection = createRedis({
    settings: { host: '127.0.0.1', port, db: 1, connectTimeoutMs: 5000, commandTimeoutMs: 5000 },
    name: 'test-reader',
  });
  await connection.whenReady(5000);
  return connection;
}

/** Every pull event in Redis, by key. */
export async function pullEvents({ client }: RedisConnection): Promise<Map<string, PullEvent>> {
  const events = new Map<string, PullEvent>();
  for (const key of (await client.keys(`${PULL_EVENT_PREFIX}*`)).sort()) {
    const event = parsePullEvent(await client.hgetall(key));
    if (event !== undefined) events.set(key, event);
  }
  return events;
}

export async function pullSum(redis: RedisConnection): Promise<number> {
  return [...(await pullEvents(redis)).values()].reduce((sum, { pull_count }) => sum + pull_count, 0);
}

/** `quay_pull_tracking_pulls_total` by outcome, of a scrape. */
export function outcomesOf(samples: Samples): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const [name, value] of samples) {
    const outcome = /^quay_pull_tracking_pulls_total\{outcome="(\w+)"\}$/.exec(name)?.[1];
    if (outcome !== undefined) outcomes[outcome] = value;
  }
  return outcomes;
}
