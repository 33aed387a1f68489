import type { BlobSizeCache } from './blob-size-cache.ts';

/** One place that may know the size of a blob. */
export type BlobSizeSource = {
  readonly name: string;
  /** Undefined if it does not know; may reject. */
  readonly find: () => Promise<number | undefined>;
};

export type BlobSizesObserver = {
  hit(): void;
  miss(): void;
  /** The whole look-up, sources included. */
  lookedUp(seconds: number): void;
  /** A source could not be asked. */
  failed(source: string, error: unknown): void;
};

/** Finds sizes beside the path of requests: none waits for it. */
export type BlobSizes = {
  remember(digest: string, sizeBytes: number): void;
  /** The size, from the cache or else the first source that knows it; undefined if none does. Never rejects. */
  find(digest: string, sources: readonly BlobSizeSource[]): Promise<number | undefined>;
  /** Resolves when no look-up is under way. */
  drained(): Promise<void>;
};

/** Look-ups at a time; further ones are given up, which shows as unknown sizes. */
const MAX_LOOK_UPS = 64;

export function createBlobSizes(cache: BlobSizeCache, observer: BlobSizesObserver): BlobSizes {
  const underWay = new Map<string, Promise<number | undefined>>();

  const ask = async (digest: string, sources: readonly BlobSizeSource[]): Promise<number | undefined> => {
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

  /** Requests for one blob at the same time share a look-up. */
  const askOnce = (digest: string, sources: readonly BlobSizeSource[]): Promise<number | undefined> => {
    const shared = underWay.get(digest);
    if (shared !== undefined) return shared;
    if (underWay.size >= MAX_LOOK_UPS) return Promise.resolve(undefined);
    const asking = ask(digest, sources).finally(() => underWay.delete(digest));
    underWay.set(digest, asking);
    return asking;
  };

  return {
    remember: (digest, sizeBytes) => {
      cache.put(digest, sizeBytes);
    },
    async find(digest, sources) {
      const start = performance.now();
      const cached = cache.get(digest);
      if (cached === undefined) observer.miss();
      else observer.hit();
      const sizeBytes = cached ?? (await askOnce(digest, sources));
      observer.lookedUp((performance.now() - start) / 1000);
      return sizeBytes;
    },
    async drained() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}
