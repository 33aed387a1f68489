export { createRedis } from './create-redis.ts';
export type { RedisConnection, RedisEvent, RedisOptions, RedisState } from './redis-connection.ts';
