/** What `read` takes into memory, at most. Layers are larger, and nobody reads them whole. */
export const MAX_READ_BYTES = 16 * 1024 * 1024;

/** The file is larger than that. */
export class TooLargeError extends Error {
  constructor() {
    super(`it is larger than ${MAX_READ_BYTES} bytes`);
  }
}
