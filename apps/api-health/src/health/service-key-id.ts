import { open } from 'node:fs/promises';

/** The id of a key is a SHA-256 in hex; what is longer is another file. */
const MAX_BYTES = 4096;

/**
 * The id of the service key of this instance, exactly as the file has it; undefined as long as there is no such file.
 */
export async function readServiceKeyId(file: string): Promise<string | undefined> {
  let handle;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}
