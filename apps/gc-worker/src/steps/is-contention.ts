/** Waited too long for a lock, lost to a deadlock, or to a concurrent change. */
const CONTENTION = new Set(['55P03', '40P01', '40001']);

/** Whether somebody else's transaction was in the way: nothing is wrong, and it is tried again later. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && CONTENTION.has(String((error as { code?: unknown }).code));
}
