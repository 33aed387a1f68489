import { lstat, mkdir, open, rename, rm, chmod } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/**
 * Makes a folder that only this user can look into, parents included. Rejects if there is something else in its
 * place, somebody else's folder above all: what lies in it might be planted.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory()) throw new Error(`${path} is not a folder`);
  if (found.uid !== process.geteuid?.()) throw new Error(`${path} belongs to another user`);
  if ((found.mode & 0o002) !== 0) throw new Error(`${path} can be written to by everybody`);
  // Platforms that mount volumes for a group open what is in them to that group.
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
}

/**
 * Puts a file in its place so that a reader, or a restart after a crash, finds the old one or the new one, and never
 * a part. Only this user can read it. What has gone wrong leaves the old one as it is.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  // One name per process: what a crash leaves behind is overwritten, and two processes do not mix.
  const temporary = `${path}.${hostname()}-${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Without it the name may still be lost with the power. Some file systems cannot. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}
