export { commandFate } from './command-fate.ts';
export type { CommandFate } from './command-fate.ts';
export { createRedis } from './create-redis.ts';
export { createGlobalLocks } from './lock/global-locks.ts';
export type { GlobalLocks, LockOptions, LockOutcome } from './lock/global-locks.ts';
export type { RedisConnection, RedisEvent, RedisOptions, RedisState } from './redis-connection.ts';
export { redisScript, runScript } from './run-script.ts';
export type { RedisScript, ScriptCall } from './run-script.ts';
