import type { RedisConnection } from '@quay-observability/redis';

/** Of Redis, below which BullMQ rounds waiting times up to whole seconds, or warns. */
const SUPPORTED = [6, 2] as const;

/**
 * Looks at what BullMQ needs of a Redis, and says what is amiss in words for the log. Resolves to whether BullMQ is
 * to skip its own look, which prints to the standard error output.
 */
export async function adviseOnRedis(
  client: RedisConnection['client'],
  onAdvice: (advice: string) => void,
): Promise<boolean> {
  let info: string;
  try {
    info = await client.info();
  } catch (error) {
    // A user of an access list may lack INFO.
    if (!(error instanceof Error) || !error.message.startsWith('NOPERM')) throw error;
    onAdvice('Redis does not let this user ask INFO: version and maxmemory-policy are not known');
    return true;
  }
  const advice = adviceOf(info);
  for (const each of advice) onAdvice(each);
  return advice.length > 0;
}

/** What is amiss, by the text of INFO. */
export function adviceOf(info: string): string[] {
  const valueOf = (field: string) => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const advice: string[] = [];
  const policy = valueOf('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    advice.push(`maxmemory-policy of Redis is ${policy}; jobs may vanish unless it is noeviction`);
  const version = valueOf('valkey_version') ?? valueOf('redis_version');
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (major < SUPPORTED[0] || (major === SUPPORTED[0] && minor < SUPPORTED[1]))
    advice.push(
      `Redis is ${version ?? 'of unknown version'}; jobs are tested with ${SUPPORTED.join('.')} and later`,
    );
  return advice;
}
