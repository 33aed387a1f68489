import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createStorage } from '@quay-observability/storage';
import type { FileRemover } from '../../src/steps/gc-context.ts';
import { storageOf } from '../../src/programs/storage-of.ts';

/** Storage locations in a folder, one folder each. */
export type FileStores = {
  readonly root: string;
  readonly stores: ReadonlyMap<string, FileRemover>;
  /** Replaces all files; each is `location/path`. */
  fill(files: Iterable<string>): void;
  write(file: string): void;
  list(): string[];
};

/** Quay's local storage, below this folder. */
export function createFileStores(root: string, locations: readonly string[]): FileStores {
  const settings = locations.map(
    (name) => [name, { engine: 'LocalStorage', parameters: { storage_path: join(root, name) } }] as const,
  );
  const stores = storageOf(
    createStorage({ locations: new Map(settings), preference: [], defaultLocations: [] }),
  );
  if (typeof stores === 'string') throw new Error(stores);
  const write = (file: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  };
  return {
    root,
    stores,
    fill: (files) => {
      for (const location of locations) rmSync(join(root, location), { recursive: true, force: true });
      for (const file of files) write(file);
    },
    write,
    list: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .sort(),
  };
}
