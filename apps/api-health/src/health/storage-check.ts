import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StorageLocation, StorageSettings } from '@quay-observability/quay-config';
import type { ServiceCheck } from './service-check.ts';

const FILE = '_verify';
const CONTENT = 'testing 123';

/** Writes, reads and removes a file in every location; only a preferred one fails the check (contract section 10). */
export function createStorageCheck({ locations, preference }: StorageSettings): ServiceCheck {
  return {
    name: 'storage',
    check: async (signal) => {
      const failures: string[] = [];
      const warnings: string[] = [];
      for (const [name, location] of locations) {
        const problem = await problemOf(location, signal);
        if (problem === undefined) continue;
        if (preference.length === 0 || preference.includes(name))
          failures.push(`Preferred storage '${name}' check failed: ${problem}`);
        else warnings.push(`Non-preferred storage '${name}' unavailable: ${problem}`);
      }
      const warned = warnings.join('; ');
      if (failures.length === 0) return { healthy: true, message: warned };
      const failure = failures.join('; ');
      return { healthy: false, failure: warned === '' ? failure : `${failure} (warnings: ${warned})` };
    },
  };
}

/** Checks the first preferred location alone. */
export function createPreferredStorageCheck({ locations, preference }: StorageSettings): ServiceCheck {
  const [first] = preference.length > 0 ? preference : locations.keys();
  return {
    name: 'preferred_storage',
    check: async (signal) => {
      const location = first === undefined ? undefined : locations.get(first);
      const problem = location === undefined ? 'there is none' : await problemOf(location, signal);
      if (problem === undefined) return { healthy: true };
      return { healthy: false, failure: `Preferred storage check failed with exception ${problem}` };
    },
  };
}

async function problemOf(
  { engine, parameters }: StorageLocation,
  signal: AbortSignal,
): Promise<string | undefined> {
  const folder = parameters.storage_path;
  if (engine !== 'LocalStorage' || typeof folder !== 'string')
    return `the engine ${engine} cannot be checked`;
  const file = join(folder, FILE);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, CONTENT, { signal });
    const content = await readFile(file, { encoding: 'utf8', signal });
    await rm(file);
    return content === CONTENT ? undefined : 'Could not find verification file';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
