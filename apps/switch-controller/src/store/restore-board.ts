import { setTimeout as sleep } from 'node:timers/promises';
import type { LastKnownGood } from '@quay-observability/service';
import type { Board } from '../board.ts';
import { publishedOf } from '../published.ts';

/** For the disk: one that hangs must not hold up a start. */
const LIMIT_MS = 1000;

/**
 * Puts up what was published last. Resolves when that is done, or has taken too long; what comes from the disk later
 * is put up as long as there is nothing else. Never rejects.
 */
export async function restoreBoard(
  disk: Pick<LastKnownGood, 'restore'>,
  board: Board,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const restored = disk.restore().then((snapshot) => {
    if (snapshot !== undefined && board.published() === undefined) board.put(publishedOf(snapshot));
  });
  await Promise.race([restored, sleep(limitMs, undefined, { ref: false })]);
}
