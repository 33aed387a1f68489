import type { Published } from './published.ts';

/** What this replica serves, and who wants to know when it changes. Versions only go up. */
export type Board = {
  /** Undefined as long as nothing is known. */
  published(): Published | undefined;
  /** Puts up a snapshot of a higher version, or the same switches in other bytes; false if it is neither. */
  put(published: Published): boolean;
  /** Unix milliseconds at which a version was published; undefined if it is not among the last ones. */
  publishedAtMs: (version: number) => number | undefined;
  /** Calls `listener` after each change of version. Returns what ends it. */
  onChange(listener: (published: Published) => void): () => void;
};

const MAX_VERSIONS = 200;

/** An empty board. */
export function createBoard(): Board {
  let current: Published | undefined;
  const times = new Map<number, number>();
  const listeners = new Set<(published: Published) => void>();
  return {
    published: () => current,
    put: (published) => {
      const { version } = published.snapshot;
      if (current !== undefined && version < current.snapshot.version) return false;
      const isNew = version !== current?.snapshot.version;
      current = published;
      if (!isNew) return true;
      times.set(version, published.publishedAtMs);
      const oldest = times.keys().next();
      if (times.size > MAX_VERSIONS && oldest.done !== true) times.delete(oldest.value);
      for (const listener of listeners) listener(published);
      return true;
    },
    publishedAtMs: (version) => times.get(version),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
