import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisScript, runScript, type RedisConnection } from '@quay-observability/redis';

/** Makes sure that the first result of a manifest is counted once, whichever replica sees it, and how often. */
export type ResultClaims = {
  /**
   * Claims the first of these manifests (ids of Quay's table) that nobody has claimed; undefined if all of them are
   * claimed. Rejects if Redis cannot tell: then nothing may be counted.
   */
  claim(manifestIds: readonly number[]): Promise<number | undefined>;
};

export type ResultClaimsOptions = {
  redis: Pick<RedisConnection, 'client'>;
  /** Until when a claim must stand: Quay has long written down the outcome of the scan by then. */
  rememberSeconds: number;
  /** Pauses before another attempt. */
  pausesMs?: readonly number[];
};

const PAUSES_MS = [250, 1000];

/*
 * KEYS     manifests, in the order in which they are to be claimed
 * ARGV[1]  the claim, a name that nobody else has
 * ARGV[2]  seconds that it stands
 * returns  the position of the key that the claim holds, or 0
 */
const CLAIM = redisScript(`for index, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if holder == ARGV[1] then
    return index
  end
  if not holder then
    redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
    return index
  end
end
return 0
`);

export function createResultClaims(options: ResultClaimsOptions): ResultClaims {
  const { redis, rememberSeconds, pausesMs = PAUSES_MS } = options;
  return {
    async claim(manifestIds) {
      // An answer that got lost is had again by asking again: the claim has its own name.
      const args = [randomUUID(), String(rememberSeconds)];
      const keys = manifestIds.map((id) => `quay_secscan:result:${id}`);
      for (let attempt = 0; ; attempt += 1)
        try {
          const position = await runScript(redis.client, { script: CLAIM, keys, args });
          return typeof position === 'number' ? manifestIds[position - 1] : undefined;
        } catch (error) {
          const pauseMs = pausesMs[attempt];
          if (pauseMs === undefined) throw error;
          await sleep(pauseMs);
        }
    },
  };
}
