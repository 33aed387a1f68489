/** Buffers for large bodies: fewer and larger reads and writes, in memory that is bounded for all connections. */
export type LargeBuffers = {
  /** Undefined if as many as may be are in use. */
  take(): Buffer | undefined;
  /** Nobody reads from it or writes to it any more. */
  giveBack(buffer: Buffer): void;
  /** One that was taken and does not come back: bytes in it may still be on their way to a client. */
  drop(): void;
};

/** Of bodies this long it pays. */
export const LARGE_BODY_BYTES = 1024 * 1024;

const BUFFER_BYTES = 512 * 1024;
/** 16 MiB for each upstream. */
const MOST = 32;

/** Makes buffers as they are needed, and keeps them. */
export function createLargeBuffers(most = MOST): LargeBuffers {
  const free: Buffer[] = [];
  let made = 0;
  return {
    take() {
      const kept = free.pop();
      if (kept !== undefined || made >= most) return kept;
      made += 1;
      return Buffer.allocUnsafeSlow(BUFFER_BYTES);
    },
    giveBack(buffer) {
      free.push(buffer);
    },
    drop() {
      made -= 1;
    },
  };
}
