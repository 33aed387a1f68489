/**
 * Lets callers that come while `work` runs share its result instead of starting it again: ten
 * scrapes at once cost one gathering. The next caller after its end starts anew.
 */
export function shareWhileRunning<Key, Result>(
  work: (key: Key) => Promise<Result>,
): (key: Key) => Promise<Result> {
  const running = new Map<Key, Promise<Result>>();
  return (key) => {
    const shared = running.get(key);
    if (shared !== undefined) return shared;
    const started = work(key).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
