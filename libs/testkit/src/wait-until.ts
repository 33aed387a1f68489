import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `probe` again and again until it returns something other than `undefined` or `false`, and
 * returns that. A probe that throws counts as "not yet".
 *
 * Throws after `timeoutMs`, saying what was waited for and why the last attempt failed.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => T | Promise<T>,
  options: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Exclude<T, undefined | false>> {
  const { timeoutMs = 15_000, intervalMs = 25 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result as Exclude<T, undefined | false>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(
        `waited ${timeoutMs} ms in vain for ${what}${cause === undefined ? '' : `: ${reason(cause)}`}`,
        { cause },
      );
    }
    await sleep(intervalMs);
  }
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // fetch says "fetch failed" and hides what happened one level down.
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}
