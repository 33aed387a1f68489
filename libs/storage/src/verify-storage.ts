import { randomUUID } from 'node:crypto';
import { CodedError } from '@quay-observability/coded-errors';
import type { BlobStorage } from './blob-storage.ts';

const CONTENT = Buffer.from('testing 123');

type Files = Pick<BlobStorage, 'location' | 'write' | 'read' | 'remove'>;

/**
 * Writes a small file, reads it back and removes it (contract section 10). Each time under another name,
 * not Quay's `_verify`: that one belongs to Python, whose check fails if someone removes it meanwhile.
 *
 * @throws CodedError `STORAGE_FAILED`
 */
export async function verifyStorage(files: Files, signal?: AbortSignal): Promise<void> {
  const name = `_verify-${randomUUID()}`;
  await files.write(name, CONTENT, signal);
  try {
    const found = await files.read(name, signal);
    if (!CONTENT.equals(found)) {
      throw new CodedError(
        'STORAGE_FAILED',
        `Storage location ${files.location}: what was written to ${name} is not what is read from it`,
      );
    }
  } catch (error) {
    // The first error is the one to tell; the file goes if it can.
    await files.remove(name).catch(() => undefined);
    throw error;
  }
  await files.remove(name, signal);
}
