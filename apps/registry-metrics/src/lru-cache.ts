/** Sizes of blobs by digest: a digest names the same bytes in every repository. */
export type BlobSizeCache = {
  get(digest: string): number | undefined;
  put(digest: string, sizeBytes: number): void;
};

/** Keeps the sizes that were used last. */
export function createBlobSizeCache(maxEntries: number): BlobSizeCache {
  const sizes = new Map<string, number>();
  return {
    get(digest) {
      const sizeBytes = sizes.get(digest);
      if (sizeBytes === undefined) return undefined;
      // A Map keeps the order of insertion: the first entry is the one unused for longest.
      sizes.delete(digest);
      sizes.set(digest, sizeBytes);
      return sizeBytes;
    },
    put(digest, sizeBytes) {
      sizes.delete(digest);
      sizes.set(digest, sizeBytes);
      if (sizes.size <= maxEntries) return;
      const oldest = sizes.keys().next();
      if (oldest.done !== true) sizes.delete(oldest.value);
    },
  };
}
