/**
 * Tokens of which it is not known whether Redis holds a lock with them: it did not answer. Forgotten, such a lock
 * would be busy for its whole time to live, to this process too.
 */
export type UnsettledTokens = {
  /** The token kept for a lock, if any; it is the caller's from now on. */
  take(name: string): string | undefined;
  /** Keeps a token for as long as a lock taken now can live. */
  keep(name: string, token: string, ttlSeconds: number): void;
  /**
   * Gives the lock of a kept token back. Resolves to whether that is settled: it is given back, or nothing is kept (any
   * more). If `release` rejects the token is kept on. Meanwhile it is nobody else's.
   */
  settle(name: string, release: (token: string) => Promise<unknown>): Promise<boolean>;
};

/** `now` in milliseconds. */
export function createUnsettledTokens(now: () => number = () => performance.now()): UnsettledTokens {
  const kept = new Map<string, { readonly token: string; readonly expiresAt: number }>();
  const takeOut = (name: string) => {
    const entry = kept.get(name);
    kept.delete(name);
    return entry !== undefined && entry.expiresAt > now() ? entry : undefined;
  };
  return {
    take: (name) => takeOut(name)?.token,
    settle: async (name, release) => {
      const entry = takeOut(name);
      if (entry === undefined) return true;
      try {
        await release(entry.token);
        return true;
      } catch {
        // Unless another has been kept meanwhile.
        if (!kept.has(name)) kept.set(name, entry);
        return false;
      }
    },
    keep: (name, token, ttlSeconds) => {
      // Names of locks come and go with what they protect.
      for (const [other, { expiresAt }] of kept) if (expiresAt <= now()) kept.delete(other);
      kept.set(name, { token, expiresAt: now() + ttlSeconds * 1000 });
    },
  };
}
