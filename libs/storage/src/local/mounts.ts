import { readFile } from 'node:fs/promises';

/** The mount points of this process; undefined where the operating system has no list of them. */
export type ReadMounts = () => Promise<readonly string[] | undefined>;

/** Linux's own list. */
export const readMounts: ReadMounts = async () => {
  try {
    return parseMounts(await readFile('/proc/self/mounts', 'utf8'));
  } catch {
    return undefined;
  }
};

/** The second column of `/proc/self/mounts`, where a blank is written `\040`. */
export function parseMounts(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split(' ')[1])
    .filter((mount) => mount !== undefined)
    .map((mount) => mount.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => byte(octal)));
}

/** Whether a folder is on a volume of its own, as Quay demands of local storage, and not on the root. */
export function isUnderMount(folder: string, mounts: readonly string[]): boolean {
  return mounts.some((mount) => mount !== '/' && (folder === mount || folder.startsWith(`${mount}/`)));
}

function byte(octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}
