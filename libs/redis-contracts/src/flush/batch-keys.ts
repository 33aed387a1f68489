/**
 * Sorted set of the batches that are being flushed, by the milliseconds at which each was claimed or taken over. No
 * name here begins as a pull event's does: a flusher in Python, which takes every claimed key that it sees for an orphan,
 * sees none of these.
 */
export const BATCH_INDEX = 'pull_flush:batches';

/** Hash of one batch: `owner` (the attempt that holds it), `events` (JSON), and from just before the commit `xid`. */
export function batchKey(id: string): string {
  return `pull_flush:batch:${id}`;
}
