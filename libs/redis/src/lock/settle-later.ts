import { setTimeout as pause } from 'node:timers/promises';
import type { RedisConnection } from '../redis-connection.ts';

/** Pause before the first attempt; it doubles up to the other. */
const FIRST_MS = 5000;
const LONGEST_MS = 30_000;

/**
 * Tries again and again, once Redis is there, until that is settled or the connection is closed. At most once at a time
 * for each name; does not keep the process alive.
 */
export function createSettler(
  connection: Pick<RedisConnection, 'state'>,
  settle: (name: string) => Promise<boolean>,
): (name: string) => void {
  const underWay = new Set<string>();
  const untilSettled = async (name: string) => {
    for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
      await pause(pauseMs, undefined, { ref: false });
      if (connection.state() === 'closed') return;
      if (connection.state() === 'ready' && (await settle(name))) return;
    }
  };
  return (name) => {
    if (underWay.has(name)) return;
    underWay.add(name);
    void untilSettled(name).finally(() => underWay.delete(name));
  };
}
