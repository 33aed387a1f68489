/**
 * Tokens of which it is not known whether Redis holds a lock with them: it did not answer. Forgotten, such a lock
 * would be busy for its whole time to live, to this process too.
 */
export type UnsettledTokens = {
  /** The token kept for a lock, if any; it is the caller's from now on. */
  take(name: string): string | undefined;
  /** Keeps a token for as long as a lock taken now can live. */
  keep(name: string, token: string, ttlSeconds: number): void;
};

/** `now` in milliseconds. */
export function createUnsettledTokens(now: () => number = () => performance.now()): UnsettledTokens {
  const kept = new Map<string, { readonly token: string; readonly expiresAt: number }>();
  return {
    take: (name) => {
      const entry = kept.get(name);
      kept.delete(name);
      return entry !== undefined && entry.expiresAt > now() ? entry.token : undefined;
    },
    keep: (name, token, ttlSeconds) => {
      // Names of locks come and go with what they protect.
      for (const [other, { expiresAt }] of kept) if (expiresAt <= now()) kept.delete(other);
      kept.set(name, { token, expiresAt: now() + ttlSeconds * 1000 });
    },
  };
}
