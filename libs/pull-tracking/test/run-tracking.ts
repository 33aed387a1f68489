import { createDatabase, type Database } from '@quay-observability/database';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { PULL_EVENT_PREFIX, parsePullEvent, type PullEvent } from '@quay-observability/redis-contracts';
import { waitUntil } from '@quay-observability/testkit';
import {
  createPullTracking,
  type PullOutcome,
  type PullTracking,
  type PullTrackingOptions,
} from '../src/index.ts';

export const AT = 1_750_000_000;
export const digestOf = (hex: string): string => `sha256:${hex.repeat(64)}`;

export function connectRedis(port: number, commandTimeoutMs = 5000): RedisConnection {
  return createRedis({
    settings: { host: '127.0.0.1', port, db: 1, connectTimeoutMs: 1000, commandTimeoutMs },
    name: 'test',
    maxBackoffMs: 50,
  });
}

export function connectDatabase(uri: string, replicaUri?: string): Database {
  return createDatabase({
    primary: { uri, connectionArgs: {} },
    replicas: replicaUri === undefined ? [] : [{ uri: replicaUri, connectionArgs: {} }],
    applicationName: 'test',
  });
}

export type TestedTracking = PullTracking & {
  /** Pulls by outcome, those that have happened. */
  outcomes: Partial<Record<PullOutcome, number>>;
  /** What was logged. */
  lines: string[];
  cache: { hits: number; misses: number };
  batches(): number;
  /** Waits until every pull has its outcome. */
  settled(): Promise<void>;
};

/** Pull tracking that is watched; short pauses, so that a test need not wait. */
export function runTracking(
  options: Pick<PullTrackingOptions, 'redis' | 'database'> & Partial<PullTrackingOptions>,
): TestedTracking {
  const outcomes: TestedTracking['outcomes'] = {};
  const lines: string[] = [];
  const cache = { hits: 0, misses: 0 };
  let batches = 0;
  const tracking = createPullTracking({
    hasReplicas: false,
    workerCount: 5,
    maxPending: 10_000,
    cacheEntries: 1000,
    observer: {
      settled: (outcome, count) => {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
      },
      wrote: () => {
        batches += 1;
      },
      cacheHit: () => {
        cache.hits += 1;
      },
      cacheMiss: () => {
        cache.misses += 1;
      },
      lookedUp: () => undefined,
    },
    log: {
      warning: (message) => {
        lines.push(message);
      },
    },
    ...options,
    limits: { pauseMs: 100, ...options.limits },
  });
  return {
    ...tracking,
    outcomes,
    lines,
    cache,
    batches: () => batches,
    settled: async () => {
      await waitUntil('every pull to have its outcome', () => tracking.pending() === 0);
    },
  };
}

/** Every pull event in Redis, by key. */
export async function readPullEvents(redis: RedisConnection): Promise<Record<string, PullEvent>> {
  const events: Record<string, PullEvent> = {};
  for (const key of (await redis.client.keys(`${PULL_EVENT_PREFIX}*`)).sort()) {
    const event = parsePullEvent(await redis.client.hgetall(key));
    if (event !== undefined) events[key] = event;
  }
  return events;
}

/** The sum of their counts. */
export async function countInRedis(redis: RedisConnection): Promise<number> {
  return Object.values(await readPullEvents(redis)).reduce((sum, { pull_count }) => sum + pull_count, 0);
}

export function sumOf(outcomes: TestedTracking['outcomes']): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}

export function outcomeOf({ outcomes }: TestedTracking, outcome: PullOutcome): number {
  return outcomes[outcome] ?? 0;
}
