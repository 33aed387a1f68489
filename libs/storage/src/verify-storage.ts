import { randomUUID } from 'node:crypto';
import { CodedError } from '@quay-observability/coded-errors';
import type { BlobStorage } from './blob-storage.ts';

const CONTENT = Buffer.from('testing 123');

type Files = Pick<BlobStorage, 'location' | 'write' | 'read' | 'remove'>;

/** Names that no check uses which runs now. */
export type VerifyNames = { take(): string; giveBack(name: string): void };

/**
 * Names of files for the checks of one location, `_verify-<uuid>`: not Quay's `_verify`, which belongs to Python, whose
 * check fails if someone removes it meanwhile. They are used again: a location that answers too late, or lets nothing
 * be removed, would else get one more file with every check.
 */
export function createVerifyNames(): VerifyNames {
  const free: string[] = [];
  return {
    take: () => free.pop() ?? `_verify-${randomUUID()}`,
    giveBack: (name) => {
      free.push(name);
    },
  };
}

/**
 * Writes a small file, reads it back and removes it (contract section 10).
 *
 * @throws CodedError `STORAGE_FAILED`
 */
export async function verifyStorage(files: Files, names: VerifyNames, signal?: AbortSignal): Promise<void> {
  const name = names.take();
  try {
    await writeReadRemove(files, name, signal);
  } finally {
    names.giveBack(name);
  }
}

async function writeReadRemove(files: Files, name: string, signal: AbortSignal | undefined): Promise<void> {
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
