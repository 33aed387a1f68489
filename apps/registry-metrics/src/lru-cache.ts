/** Remembers by text what was used last. */
export type LruCache<V> = {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
};

/** Holds at most `maxEntries`: of more, the ones unused for longest go. */
export function createLruCache<V>(maxEntries: number): LruCache<V> {
  const entries = new Map<string, V>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      // A Map keeps the order of insertion: the first entry is the one unused for longest.
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    put(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= maxEntries) return;
      const oldest = entries.keys().next();
      if (oldest.done !== true) entries.delete(oldest.value);
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
