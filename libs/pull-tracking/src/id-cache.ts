/** Remembers the database ids of repositories, and for a shorter time that there is none. */
export type IdCache = {
  /** The id, or null for a repository that does not exist; undefined if the database has to be asked. */
  fresh(repository: string): number | null | undefined;
  remember(repository: string, id: number | null): void;
  /** The database cannot be asked: an id that it told earlier is used for some time more; undefined without one. */
  prolong(repository: string): number | undefined;
};

export type IdCacheLimits = {
  readonly maxEntries: number;
  /** How long an id is taken for right. */
  readonly ttlMs: number;
  /** How long a repository is taken for absent, and a prolonged id for right. */
  readonly absentTtlMs: number;
};

type Entry = { readonly id: number | null; readonly freshUntil: number };

export function createIdCache(
  { maxEntries, ttlMs, absentTtlMs }: IdCacheLimits,
  now: () => number = () => performance.now(),
): IdCache {
  // A Map keeps the order of insertion: the first entry is the one unused for longest. What is too old stays until
  // its turn comes: an old id is better than none.
  const entries = new Map<string, Entry>();
  const put = (repository: string, id: number | null, forMs: number): void => {
    entries.delete(repository);
    entries.set(repository, { id, freshUntil: now() + forMs });
    if (entries.size <= maxEntries) return;
    for (const oldest of entries.keys()) {
      entries.delete(oldest);
      return;
    }
  };
  return {
    fresh(repository) {
      const entry = entries.get(repository);
      if (entry === undefined || entry.freshUntil <= now()) return undefined;
      entries.delete(repository);
      entries.set(repository, entry);
      return entry.id;
    },
    remember(repository, id) {
      put(repository, id, id === null ? absentTtlMs : ttlMs);
    },
    prolong(repository) {
      const id = entries.get(repository)?.id ?? undefined;
      if (id !== undefined) put(repository, id, absentTtlMs);
      return id;
    },
  };
}
