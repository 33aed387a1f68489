import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CodedError } from '@quay-observability/coded-errors';

/** Largest snapshot, in a file or over HTTP. */
export const MAX_SNAPSHOT_BYTES = 1024 * 1024;

/** A file's bytes, and when it was last written to (milliseconds since 1970). */
export type SmallFile = { readonly bytes: Buffer; readonly modifiedAtMs: number };

/**
 * Reads a regular file of at most `maxBytes` (1 MiB unless told). A larger one is not read, and a FIFO is not waited for.
 *
 * @throws CodedError `SNAPSHOT_UNAVAILABLE` if it is missing, unreadable or no regular file, `SNAPSHOT_INVALID` if it
 * is too large, or grows. The message names the file and the cause.
 */
export async function readSmallFile(path: string, maxBytes = MAX_SNAPSHOT_BYTES): Promise<SmallFile> {
  try {
    // A FIFO that nobody writes to would block the open for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw unavailable(`${path} is no regular file`);
      if (found.size > maxBytes) throw invalid(`${path} is larger than ${maxBytes} bytes`);
      const buffer = Buffer.allocUnsafe(found.size + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      if (length > found.size) throw invalid(`${path} was written to while it was read`);
      return { bytes: buffer.subarray(0, length), modifiedAtMs: found.mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw unavailable(`${path} cannot be read: ${code ?? message}`);
  }
}

function unavailable(message: string): CodedError {
  return new CodedError('SNAPSHOT_UNAVAILABLE', message);
}

function invalid(message: string): CodedError {
  return new CodedError('SNAPSHOT_INVALID', message);
}
