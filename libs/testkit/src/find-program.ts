import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian keeps servers in the sbin folders, which are on no ordinary user's PATH.
const ALSO = [
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/opt/homebrew/bin',
];

/** Where each server is found in a distribution: Debian's package of that name. */
const PACKAGES: Readonly<Record<string, string>> = {
  promtool: 'prometheus',
};

/** The absolute path of a program, or undefined if this machine has none of these names. */
export function findProgram(...names: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...ALSO];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** As {@link findProgram}; throws an error that says what to install. */
export function requireProgram(name: string, ...otherNames: string[]): string {
  const found = findProgram(name, ...otherNames);
  if (found === undefined) {
    throw new Error(`${name} is not installed. On Debian: apt-get install ${PACKAGES[name] ?? name}`);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
