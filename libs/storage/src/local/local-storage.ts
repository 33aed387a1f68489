import { mkdir, open, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CodedError } from '@quay-observability/coded-errors';
import { boundedAccess, type AccessLimits, type HungAccesses } from '../bounded-access.ts';
import type { BlobStorage } from '../blob-storage.ts';
import { MAX_READ_BYTES, TooLargeError } from '../read-limit.ts';
import { createVerifyNames, verifyStorage } from '../verify-storage.ts';
import { isUnderMount, type ReadMounts } from './mounts.ts';

export type LocalOptions = {
  readonly location: string;
  readonly engine: string;
  /** `storage_path`. */
  readonly root: string;
  readonly limits: AccessLimits;
  readonly readMounts: ReadMounts;
};

/**
 * Of all local locations of the process: each holds one of the four threads that Node.js has for files and names of
 * hosts, so that more of them would make every other check hang as well.
 */
const HUNG: HungAccesses = { count: 0, max: 2 };

/** Quay's `LocalStorage`: files below a folder. Links in it are followed, as Quay does: only an operator makes them. */
export function createLocalStorage(options: LocalOptions): BlobStorage {
  const { location, engine, limits } = options;
  const root = resolve(options.root);
  // Whatever error the operating system gives, the call is over.
  const access = boundedAccess(location, limits, { describe, isAnswer: () => true }, HUNG);
  const names = createVerifyNames();
  const storage: BlobStorage = {
    supported: true,
    location,
    engine,
    verify: async (signal) => {
      await verifyStorage(storage, names, signal);
      await demandMount(location, root, options.readMounts);
    },
    exists: (path, signal) =>
      access({ verb: 'look for', path, signal, work: (checked) => isThere(join(root, checked)) }),
    remove: (path, signal) =>
      access({ verb: 'remove', path, signal, work: (checked) => removeFile(join(root, checked)) }),
    write: (path, content, signal) =>
      access({
        verb: 'write',
        path,
        signal,
        work: (checked, end) => writeWhole(join(root, checked), content, end),
      }),
    read: (path, signal) =>
      access({ verb: 'read', path, signal, work: (checked) => readWhole(join(root, checked)) }),
    close: () => Promise.resolve(),
  };
  return storage;
}

/** Without a volume the files would be lost with the container, and Python's would not even be seen. */
async function demandMount(location: string, root: string, readMounts: ReadMounts): Promise<void> {
  const mounts = await readMounts();
  if (mounts === undefined || isUnderMount(root, mounts)) return;
  throw new CodedError(
    'STORAGE_FAILED',
    `Storage location ${location}: Storage path ${root} is not under a mounted volume. Registry data must be stored under a mounted volume to prevent data loss`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await unlessMissing(stat(path))) !== undefined;
}

async function removeFile(path: string): Promise<void> {
  await unlessMissing(unlink(path));
}

async function writeWhole(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { signal });
}

async function readWhole(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > MAX_READ_BYTES) throw new TooLargeError();
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    // A file where a folder should be: the path is not there either.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** The code alone says it all; the message of Node repeats the path. */
function describe(error: unknown): string {
  return error instanceof TooLargeError ? error.message : codeOf(error);
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? (error instanceof Error ? error.message : String(error));
}
