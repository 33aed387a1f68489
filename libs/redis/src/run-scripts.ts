import type { Redis } from 'ioredis';
import type { ScriptCall } from './run-script.ts';

/** What became of one of several calls: what the script returned, or an error whose fate `commandFate` tells. */
export type ScriptResult =
  { readonly value: unknown; readonly error?: undefined } | { readonly error: Error };

/**
 * Runs calls in one round trip, in their order, each atomic by itself and none dependent on another. The text of a
 * script is sent, in a second round trip, only to a Redis that does not know it (yet, or after a restart): those
 * calls come after the others. Results are in the order of the calls; it never rejects because of Redis.
 */
export async function runScripts(client: Redis, calls: readonly ScriptCall[]): Promise<ScriptResult[]> {
  const results = await send(client, calls, 'evalsha');
  const unknown = results.flatMap(({ error }, index) =>
    error?.message.startsWith('NOSCRIPT ') === true ? [index] : [],
  );
  if (unknown.length === 0) return results;
  const texts = await send(
    client,
    unknown.map((index) => calls[index]!),
    'eval',
  );
  for (const [position, index] of unknown.entries()) results[index] = texts[position]!;
  return results;
}

async function send(
  client: Redis,
  calls: readonly ScriptCall[],
  command: 'evalsha' | 'eval',
): Promise<ScriptResult[]> {
  const pipeline = client.pipeline();
  for (const { script, keys, args } of calls)
    pipeline[command](command === 'eval' ? script.lua : script.sha1, keys.length, ...keys, ...args);
  // Null only for a transaction that is given up.
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, value]) => (error === null ? { value } : { error }));
}
