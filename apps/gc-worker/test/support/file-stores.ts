import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { temporaryFolder } from '@quay-observability/testkit';
import type { FileRemover } from '../../src/steps/gc-context.ts';

/** Storage locations in a folder, one folder each. */
export type FileStores = {
  readonly stores: Map<string, FileRemover>;
  /** Replaces all files; each is `location/path`. */
  fill(files: Iterable<string>): void;
  list(): string[];
};

export function createFileStores(locations: readonly string[]): FileStores {
  const root = temporaryFolder('blobs');
  return {
    stores: new Map(
      locations.map((location) => [
        location,
        { remove: (path: string) => rm(join(root, location, path), { force: true }) },
      ]),
    ),
    fill: (files) => {
      rmSync(root, { recursive: true, force: true });
      for (const file of files) {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), '');
      }
    },
    list: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .sort(),
  };
}
