import { join, resolve } from 'node:path';
import type { Logger } from '@quay-observability/logging';
import { snapshotFromEnvironment, type ParsedSnapshot } from '@quay-observability/owner-switch';
import { ConfigError, type Environment, type RedisSettings } from '@quay-observability/quay-config';
import type { RedisConnection } from '@quay-observability/redis';
import { createFileSource, createLastKnownGood, readSwitchSettings } from '@quay-observability/service';
import type { Board } from './board.ts';
import type { ControllerSettings } from './config.ts';
import { createFileFeed } from './store/file-feed.ts';
import { createRedisFeed } from './store/redis-feed.ts';
import { createRedisStore } from './store/redis-store.ts';
import type { SnapshotFeed } from './store/snapshot-feed.ts';

export type FeedOptions = {
  readonly settings: Pick<ControllerSettings, 'store' | 'file' | 'seedDelaySeconds'>;
  readonly env: Environment;
  readonly redis: RedisConnection;
  readonly redisSettings: RedisSettings;
  readonly board: Board;
  readonly log: Logger;
};

/** How long a start waits for Redis before it goes on with what is on disk. */
const CONNECT_MS = 2000;
const FOLDER = 'switch-controller-published';

/**
 * The feed that the settings ask for.
 *
 * @throws ConfigError (`CONFIG_INVALID`)
 */
export function createFeed(options: FeedOptions): SnapshotFeed {
  const { settings, env, redis, redisSettings, board, log } = options;
  const folder = join(readSwitchSettings(env).stateDir, FOLDER);
  const store = createRedisStore(redis);
  if (settings.store === 'file') {
    const source = createFileSource(resolve(requiredFile(settings.file)));
    return createFileFeed({ source, board, disk: createLastKnownGood(folder, source.name, log), store, log });
  }
  return createRedisFeed({
    store,
    connected: redis.whenReady(CONNECT_MS).catch(() => undefined),
    board,
    disk: createLastKnownGood(folder, `owner switches in Redis ${addressOf(redisSettings)}`, log),
    seed: () => seedOf(env, new Date()),
    seedDelayMs: settings.seedDelaySeconds * 1000,
    log,
  });
}

/** The switches of the environment, under a version above those of any store that was lost: unix seconds. */
function seedOf(env: Environment, now: Date): ParsedSnapshot {
  const { snapshot, warnings } = snapshotFromEnvironment(env, now);
  const version = Math.floor(now.getTime() / 1000);
  return { snapshot: { ...snapshot, version, updatedBy: 'environment' }, warnings };
}

/** Which Redis a copy on disk came from: that of another installation must never be written into this one. */
function addressOf({ host, port, socketPath, db }: RedisSettings): string {
  return `${socketPath ?? `${host}:${port}`}/${db}`;
}

function requiredFile(file: string | undefined): string {
  if (file !== undefined) return file;
  const problem = 'is required with SWITCH_STORE=file and not set';
  throw new ConfigError([{ key: 'SWITCH_FILE', source: 'environment variable SWITCH_FILE', problem }]);
}
