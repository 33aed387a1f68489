import type { RedisSettings } from '@quay-observability/quay-config';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import type { CheckResult, ServiceCheck } from './service-check.ts';

/** For the connection and for each command (contract section 10). */
const TIMEOUT_MS = 1000;
/** The key that Python writes, too. */
const KEY = '_health';

/** Connects anew, asks PING, writes a key and reads it. */
export function createRedisCheck(settings: RedisSettings): ServiceCheck {
  return { name: 'redis', check: (signal) => askOnce(settings, signal) };
}

async function askOnce(settings: RedisSettings, signal: AbortSignal): Promise<CheckResult> {
  const refused = Promise.withResolvers<never>();
  refused.promise.catch(() => undefined);
  let redis: RedisConnection | undefined;
  try {
    redis = createRedis({
      settings: { ...settings, connectTimeoutMs: TIMEOUT_MS, commandTimeoutMs: TIMEOUT_MS },
      name: 'api-health probe',
      // One attempt is what is asked for, not the connection that would come with more of them.
      onEvent: ({ state, message, fields }) => {
        if (state !== 'reconnecting') return;
        refused.reject(new Error(typeof fields.error === 'string' ? fields.error : message));
      },
    });
    const abort = () => {
      refused.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    return await Promise.race([writeAndRead(redis), refused.promise]);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { healthy: false, failure: `Could not connect to redis: ${text}` };
  } finally {
    void redis?.close(0);
  }
}

async function writeAndRead(redis: RedisConnection): Promise<CheckResult> {
  await redis.whenReady(TIMEOUT_MS);
  const { client } = redis;
  await client.ping();
  await client.set(KEY, String(Date.now() / 1000));
  await client.get(KEY);
  return { healthy: true };
}
