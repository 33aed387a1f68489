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

/** Manifests of a repository that somebody else had locked when nothing referred to them any more. */
export type SkippedManifests = { readonly repositoryId: number; readonly ids: readonly number[] };

/**
 * What a committed step leaves to be done. Each part is done once nothing is left in front of it: manifests, then labels
 * and blobs (storage rows), then files. Manifests that are still locked hold nothing up.
 */
export type Cleanup = {
  readonly manifests?: SkippedManifests;
  readonly labels: readonly number[];
  readonly blobs: readonly number[];
  readonly files: readonly DoomedFile[];
};

export function isDone({ manifests, labels, blobs, files }: Cleanup): boolean {
  return manifests === undefined && labels.length === 0 && blobs.length === 0 && files.length === 0;
}

/** As it is stored. */
export function serializeCleanup(cleanup: Cleanup): string {
  return JSON.stringify(cleanup);
}

/** Reads what {@link serializeCleanup} wrote. Throws on anything else. */
export function parseCleanup(body: string): Cleanup {
  const { manifests, labels, blobs, files } = JSON.parse(body) as Partial<Cleanup>;
  if (!Array.isArray(labels) || !Array.isArray(blobs) || !Array.isArray(files))
    throw new Error('not the body of a cleanup');
  return { ...(manifests === undefined ? {} : { manifests }), labels, blobs, files };
}
