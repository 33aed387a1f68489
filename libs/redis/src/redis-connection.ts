import type { Redis } from 'ioredis';
import type { RedisSettings } from '@quay-observability/quay-config';

export type RedisState = 'connecting' | 'ready' | 'reconnecting' | 'closed';

/** One client of one Redis. */
export type RedisConnection = {
  /**
   * The client. A command fails with `REDIS_UNAVAILABLE` at once while there is no connection, and with
   * `REDIS_TIMEOUT` when no answer comes within the settings' command time-out; nothing is queued.
   */
  readonly client: Redis;
  state(): RedisState;
  /** Resolves if Redis answers `PING` within the time. */
  ping(timeoutMs: number): Promise<void>;
  /** Resolves when connected, or rejects with `REDIS_UNAVAILABLE` after the time. */
  whenReady(timeoutMs: number): Promise<void>;
  /** Another connection to the same Redis, for commands that block: whoever asks closes it. It reports no events. */
  another(name: string): RedisConnection;
  /** Lets running commands finish for up to `graceMs` (2000), then disconnects. */
  close(graceMs?: number): Promise<void>;
};

/**
 * One per change of state, not one per attempt; and one, without a change, if Redis asks for no password although one is
 * configured. Free of credentials.
 */
export type RedisEvent = {
  readonly state: RedisState;
  readonly previous: RedisState;
  readonly level: 'info' | 'warning';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type RedisOptions = {
  readonly settings: RedisSettings;
  /** What it is for, in log lines and in `CLIENT LIST`. */
  readonly name: string;
  readonly onEvent?: (event: RedisEvent) => void;
  /** Longest pause between two attempts to connect; 5000. */
  readonly maxBackoffMs?: number;
  /** Commands that wait for an answer, at most; one more fails with `REDIS_OVERLOADED`. 10000. */
  readonly maxPendingCommands?: number;
};
