import type { Logger } from '@quay-observability/logging';
import type { QuayConfig } from '@quay-observability/quay-config';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import type { RedisRole } from './app-definition.ts';
import type { Readiness } from '@quay-observability/health';

export type ConnectRedisOptions = {
  role: RedisRole;
  config: QuayConfig;
  log: Logger;
  readiness: Readiness;
  /** Whether the app is unready without it. */
  required: boolean;
  /** Longest pause between two attempts to connect. */
  maxBackoffMs?: number | undefined;
};

/** The setting of Quay that each role is configured by. */
const SETTING: Readonly<Record<RedisRole, string>> = {
  pullMetrics: 'PULL_METRICS_REDIS',
  userEvents: 'USER_EVENTS_REDIS',
  buildLogs: 'BUILDLOGS_REDIS',
};

/** Time limit of the readiness check's PING. */
const PING_TIMEOUT_MS = 1000;

/** Connects an app to one of Quay's Redis servers; the connection comes and goes by itself. */
export function connectRedis({
  role,
  config,
  log,
  readiness,
  required,
  maxBackoffMs,
}: ConnectRedisOptions): RedisConnection {
  const connection = createRedis({
    settings: config.redis[role],
    name: SETTING[role],
    ...(maxBackoffMs !== undefined && { maxBackoffMs }),
    onEvent: ({ level, message, fields }) => log[level](message, fields),
  });
  readiness.add({
    name: `redis (${SETTING[role]})`,
    required,
    check: () => connection.ping(PING_TIMEOUT_MS),
  });
  return connection;
}
