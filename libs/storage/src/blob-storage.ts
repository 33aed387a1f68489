/**
 * One configured location that this project can read and write. Every call ends within the location's time
 * limits, or as soon as its signal is aborted; it fails with `STORAGE_FAILED`, which says what failed and
 * holds no secret. A path is relative to the location's root, and one that leads out of it is refused with
 * `STORAGE_PATH_INVALID`.
 */
export type BlobStorage = {
  readonly supported: true;
  /** Its name in `DISTRIBUTED_STORAGE_CONFIG`. */
  readonly location: string;
  /** `LocalStorage`, `S3Storage` and so on, as Quay names it. */
  readonly engine: string;
  /** Writes a small file under a name of its own, reads it back and removes it (contract section 10). */
  verify(signal?: AbortSignal): Promise<void>;
  /** Whether a file is there. */
  exists(path: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Removes one file; what is not there counts as removed. An `AccessInDoubt` says that it may happen yet, and when
   * this process is through with it.
   */
  remove(path: string, signal?: AbortSignal): Promise<void>;
  /** Replaces a file that is there. */
  write(path: string, content: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** The whole file. */
  read(path: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Ends its connections. */
  close(): Promise<void>;
};

/** A configured location of an engine, or with parameters, that this project cannot use: its state is unknown. */
export type UnsupportedStorage = {
  readonly supported: false;
  readonly location: string;
  readonly engine: string;
  /** Why, for messages; holds no secret. */
  readonly reason: string;
};

/** All of Quay's storage locations. */
export type Storage = {
  /** In the order of the configuration. */
  readonly locations: ReadonlyMap<string, BlobStorage | UnsupportedStorage>;
  /** `DISTRIBUTED_STORAGE_PREFERENCE`, or every location where that is empty, as in Quay. */
  readonly preferred: readonly string[];
  close(): Promise<void>;
};
