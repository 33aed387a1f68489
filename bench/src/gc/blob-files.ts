import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes an empty file for each blob (`sha256:…`) below the root of Quay's local storage, in place of what was there. */
export function writeBlobFiles(root: string, checksums: readonly string[]): void {
  rmSync(root, { recursive: true, force: true });
  const folders = new Set<string>();
  for (const checksum of checksums) {
    const hex = checksum.slice('sha256:'.length);
    const folder = join(root, 'sha256', hex.slice(0, 2));
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFileSync(join(folder, hex), '');
  }
}

/** How many files there are. */
export function countFiles(root: string): number {
  return readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
