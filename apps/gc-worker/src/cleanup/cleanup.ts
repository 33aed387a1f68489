/** One file of a storage row that has gone. */
export type DoomedFile = {
  /** Name of the location. */
  readonly location: string;
  /** Below the location's root. */
  readonly path: string;
  readonly checksum: string;
  /** Whether storage rows of the same checksum share it; otherwise it was its row's alone. */
  readonly shared: boolean;
  /** As its row had it; null if it had none. */
  readonly sizeBytes: number | null;
  /** Whether a removal has failed, of which nobody knows whether the storage has carried it out after all, or will. */
  readonly attempted?: true;
};

/** By how much totals of the quota change; without bytes they are marked stale. */
export type QuotaChange = {
  readonly repositoryId: number;
  readonly namespaceId: number | null;
  readonly bytes?: { readonly repository: number; readonly namespace: number };
};

/**
 * What a committed step leaves to be done. Each part is done once nothing is left in front of it: quota, then labels and
 * blobs (storage rows), then files.
 */
export type Cleanup = {
  readonly quota?: QuotaChange;
  readonly labels: readonly number[];
  readonly blobs: readonly number[];
  readonly files: readonly DoomedFile[];
};

export function isDone({ quota, labels, blobs, files }: Cleanup): boolean {
  return quota === undefined && labels.length === 0 && blobs.length === 0 && files.length === 0;
}

/** As it is stored. */
export function serializeCleanup(cleanup: Cleanup): string {
  return JSON.stringify(cleanup);
}

/** Reads what {@link serializeCleanup} wrote. Throws on anything else. */
export function parseCleanup(body: string): Cleanup {
  const { quota, labels, blobs, files } = JSON.parse(body) as Partial<Cleanup>;
  if (!Array.isArray(labels) || !Array.isArray(blobs) || !Array.isArray(files))
    throw new Error('not the body of a cleanup');
  return { ...(quota === undefined ? {} : { quota }), labels, blobs, files };
}
