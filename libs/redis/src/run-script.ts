import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script with the name under which Redis keeps it. */
export type RedisScript = { readonly lua: string; readonly sha1: string };

/** One call of a script. */
export type ScriptCall = {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly string[];
};

/** Names a script as Redis does: by the SHA-1 of its text. */
export function redisScript(lua: string): RedisScript {
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/** Runs a script by its name, and sends its text only to a Redis that does not know it (yet, or after a restart). */
export async function runScript(client: Redis, { script, keys, args }: ScriptCall): Promise<unknown> {
  try {
    return await client.evalsha(script.sha1, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT ')) throw error;
    return client.eval(script.lua, keys.length, ...keys, ...args);
  }
}
