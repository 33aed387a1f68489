/** Which events this process counts, or has counted, by key. */
export type EventMemory = {
  /** `new` makes it the caller's: it has to be settled or released. */
  claim(key: string): 'new' | 'pending' | 'counted';
  /** It has been counted, here or elsewhere. */
  settle(key: string): void;
  /** It has not been counted. */
  release(key: string): void;
};

/** Remembers at most `maxEvents` counted ones for at most `ageMs`. `now` is a clock in milliseconds. */
export function createEventMemory(
  { maxEvents, ageMs }: { maxEvents: number; ageMs: number },
  now: () => number = () => performance.now(),
): EventMemory {
  const pending = new Set<string>();
  /** When each was counted, the oldest first: a Map keeps the order of insertion. */
  const counted = new Map<string, number>();
  const forgetOld = (): void => {
    const limit = now() - ageMs;
    for (const [key, at] of counted) {
      if (at > limit && counted.size <= maxEvents) return;
      counted.delete(key);
    }
  };
  return {
    claim(key) {
      if (pending.has(key)) return 'pending';
      forgetOld();
      if (counted.has(key)) return 'counted';
      pending.add(key);
      return 'new';
    },
    settle(key) {
      pending.delete(key);
      counted.delete(key);
      counted.set(key, now());
      forgetOld();
    },
    release(key) {
      pending.delete(key);
    },
  };
}
