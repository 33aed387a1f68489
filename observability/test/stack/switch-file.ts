import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@quay-observability/testkit';

/** Owner switches in a file, as an operator edits them. */
export type SwitchFile = {
  path: string;
  /** Publishes these owners under the next version, which it returns. */
  publish(owners: Readonly<Record<string, string>>): number;
  /** The file is gone; its content is kept. */
  vanish(): void;
  /** It is there again. */
  comeBack(): void;
};

/** Writes a file of switches with these owners. */
export function createSwitchFile(version: number, owners: Readonly<Record<string, string>>): SwitchFile {
  const path = join(temporaryFolder('switches'), 'switches.json');
  const elsewhere = `${path}.away`;
  let latest = version;
  const write = (content: Readonly<Record<string, string>>): void => {
    const snapshot = { version: latest, updated_at: new Date().toISOString(), owners: content };
    // Replaced at once: a reader sees the old one or the new one.
    writeFileSync(`${path}.new`, JSON.stringify(snapshot));
    renameSync(`${path}.new`, path);
  };
  write(owners);
  return {
    path,
    publish: (content) => {
      latest += 1;
      write(content);
      return latest;
    },
    vanish: () => {
      renameSync(path, elsewhere);
    },
    comeBack: () => {
      renameSync(elsewhere, path);
    },
  };
}

/** A file that is no snapshot. */
export function createBrokenSwitchFile(): string {
  const path = join(temporaryFolder('switches'), 'switches.json');
  writeFileSync(path, '{"version": 7, "owners": ["ROUTE_OWNER_CAP_V2_PULL"]}');
  return path;
}
