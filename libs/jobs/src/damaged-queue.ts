import type { RedisConnection } from '@quay-observability/redis';

/** Looks out for a queue whose data in Redis nobody can read: no time and no restart would mend that. */
export type DamageWatch = {
  saw(error: unknown): void;
  /** Whether it was seen several times, and nothing has worked since; the more often the queue was made anew, the more times. */
  isLasting(): boolean;
  /** The queue is made anew. */
  madeAnew(): void;
  /** Something has worked. */
  isGone(): void;
};

/** One such fault may be of the moment: of a queue that somebody else is just making anew, say. */
const SEEN_OFTEN = 3;
/** JSON that is none; a key of another type; a script that cannot go on. Not: a Redis that refuses, which has other words. */
const DAMAGE = /^(WRONGTYPE |ERR .*\bscript: [0-9a-f]{40})/;
const KEYS_AT_A_TIME = 1000;

export function watchForDamage(): DamageWatch {
  let seen = 0;
  let often = SEEN_OFTEN;
  return {
    saw: (error) => {
      if (error instanceof SyntaxError || (error instanceof Error && DAMAGE.test(error.message))) seen += 1;
    },
    isLasting: () => seen >= often,
    madeAnew: () => {
      seen = 0;
      often *= 2;
    },
    isGone: () => {
      seen = 0;
      often = SEEN_OFTEN;
    },
  };
}

/**
 * Removes every key of a queue. All that is lost is when the last tick was: a run under way elsewhere loses its lock, and
 * is aborted.
 */
export async function forgetQueue(
  client: RedisConnection['client'],
  { prefix, queue }: { readonly prefix: string; readonly queue: string },
): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}:${queue}:*`, 'COUNT', KEYS_AT_A_TIME);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
