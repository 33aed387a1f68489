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

/**
 * The same for an answer that must not hang: undefined also if a read takes longer than `timeoutMs`. Another one is not
 * begun before it has ended, for each holds a thread of the process.
 */
export function createServiceKeyIdReader(file: string, timeoutMs: number): () => Promise<string | undefined> {
  let reading: Promise<string | undefined> | undefined;
  return async () => {
    reading ??= readServiceKeyId(file).finally(() => {
      reading = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, undefined);
    });
    try {
      return await Promise.race([reading, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
