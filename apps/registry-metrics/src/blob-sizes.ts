import { AsyncResource } from 'node:async_hooks';
import type { LruCache } from './lru-cache.ts';

/** One place that may know the size of a blob. */
export type BlobSizeSource = {
  readonly name: string;
  /** Undefined if it does not know; may reject. */
  readonly find: () => Promise<number | undefined>;
};

export type BlobSizesObserver = {
  hit(): void;
  miss(): void;
  /** The whole look-up, waiting and sources included. */
  lookedUp(seconds: number): void;
  /** A source could not be asked. */
  failed(source: string, error: unknown): void;
};

/** Finds sizes beside the path of requests: none waits for it. */
export type BlobSizes = {
  remember(digest: string, sizeBytes: number): void;
  /**
   * The size, from the cache or else the first source that knows it; undefined if none does, or if there
   * are too many look-ups. `sources` is called at most once, at once. Never rejects.
   */
  find(digest: string, sources: () => readonly BlobSizeSource[]): Promise<number | undefined>;
  /** Resolves when no look-up is left; those that are after `limitMs` are given up. */
  drained(limitMs: number): Promise<void>;
};

export type BlobSizesLimits = {
  /** Look-ups at a time. */
  readonly running: number;
  /** Look-ups that wait for their turn; further ones are given up. */
  readonly waiting: number;
};

const LIMITS: BlobSizesLimits = { running: 64, waiting: 10_000 };

type LookUp = { readonly size: Promise<number | undefined>; readonly giveUp: () => void };

export function createBlobSizes(
  /** By digest: it names the same bytes in every repository. */
  cache: LruCache<number>,
  observer: BlobSizesObserver,
  limits: BlobSizesLimits = LIMITS,
): BlobSizes {
  /** By digest, those that wait included. */
  const lookUps = new Map<string, LookUp>();
  /** In the order of arrival. */
  const waiting = new Map<string, () => void>();
  let running = 0;

  const ask = async (digest: string, sources: readonly BlobSizeSource[]): Promise<number | undefined> => {
    // A look-up that had to wait may have been answered by the traffic meanwhile.
    const remembered = cache.get(digest);
    if (remembered !== undefined) return remembered;
    for (const source of sources) {
      try {
        const sizeBytes = await source.find();
        if (sizeBytes === undefined) continue;
        cache.put(digest, sizeBytes);
        return sizeBytes;
      } catch (error) {
        observer.failed(source.name, error);
      }
    }
    return undefined;
  };

  const startNext = (): void => {
    const next = waiting.entries().next();
    if (next.done === true || running >= limits.running) return;
    const [digest, start] = next.value;
    waiting.delete(digest);
    start();
  };

  /** Requests for one blob at the same time share a look-up. */
  const askOnce = (digest: string, findSources: () => readonly BlobSizeSource[]): LookUp['size'] => {
    const shared = lookUps.get(digest);
    if (shared !== undefined) return shared.size;
    const mayRun = running < limits.running;
    if (!mayRun && waiting.size >= limits.waiting) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const end = (sizeBytes: number | undefined): void => {
      lookUps.delete(digest);
      resolve(sizeBytes);
    };
    const sources = findSources();
    const start = (): void => {
      running += 1;
      void ask(digest, sources).then((sizeBytes) => {
        running -= 1;
        end(sizeBytes);
        startNext();
      });
    };
    lookUps.set(digest, { size: promise, giveUp: () => end(undefined) });
    if (mayRun) start();
    // Another look-up's end starts it, but its spans and log lines belong to the request that asked.
    else waiting.set(digest, AsyncResource.bind(start));
    return promise;
  };

  return {
    remember: (digest, sizeBytes) => {
      cache.put(digest, sizeBytes);
    },
    find(digest, sources) {
      const start = performance.now();
      const cached = cache.get(digest);
      if (cached === undefined) observer.miss();
      else observer.hit();
      const size = cached === undefined ? askOnce(digest, sources) : Promise.resolve(cached);
      return size.finally(() => {
        observer.lookedUp((performance.now() - start) / 1000);
      });
    },
    async drained(limitMs) {
      const timer = setTimeout(() => {
        waiting.clear();
        for (const { giveUp } of [...lookUps.values()]) giveUp();
      }, limitMs);
      while (lookUps.size > 0) await Promise.all([...lookUps.values()].map(({ size }) => size));
      clearTimeout(timer);
    },
  };
}
