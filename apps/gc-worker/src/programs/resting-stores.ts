import type { Logger } from '@quay-observability/logging';
import { AccessInDoubt } from '@quay-observability/storage';
import type { FileRemover } from '../steps/gc-context.ts';

/** So many failures in a row are not the fault of single files. */
const MOST_FAILURES = 8;
/** How long a location is then left alone. */
const REST_MS = 20_000;

export type RestingStores = {
  /** The locations, each with `isResting`. */
  readonly stores: ReadonlyMap<string, FileRemover>;
  /** Rejects while files of a location cannot be removed. */
  readonly check: () => Promise<void>;
};

/**
 * Leaves a storage location alone for a while after it has failed again and again, or has not answered: a server that
 * hangs would otherwise hold up collection for the time limit of every single file, and keep a lock for each. `now` in milliseconds.
 */
export function restingStores(
  stores: ReadonlyMap<string, FileRemover>,
  log: Logger,
  now: () => number = () => performance.now(),
): RestingStores {
  const troubles = new Map<string, string>();
  const resting = (location: string, store: FileRemover): FileRemover => {
    let failures = 0;
    let restsUntil = -Infinity;
    const watched = async <T>(access: Promise<T>): Promise<T> => {
      try {
        const value = await access;
        failures = 0;
        if (troubles.delete(location)) log.info(`Files of ${settingOf(location)} can be removed again.`);
        return value;
      } catch (error) {
        failures += 1;
        if (failures >= MOST_FAILURES || error instanceof AccessInDoubt) {
          failures = 0;
          restsUntil = now() + REST_MS;
          if (!troubles.has(location))
            log.error(`Files of ${settingOf(location)} cannot be removed: they wait, and are tried again.`, {
              ...{ location, error },
            });
          troubles.set(location, error instanceof Error ? error.message : String(error));
        }
        throw error;
      }
    };
    return {
      remove: (path, signal) => watched(store.remove(path, signal)),
      exists: (path, signal) => watched(store.exists(path, signal)),
      isResting: () => now() < restsUntil,
    };
  };
  return {
    stores: new Map([...stores].map(([location, store]) => [location, resting(location, store)])),
    check: () =>
      troubles.size === 0
        ? Promise.resolve()
        : Promise.reject(
            new Error(
              [...troubles]
                .map(([location, why]) => `files of ${settingOf(location)} cannot be removed: ${why}`)
                .join('; '),
            ),
          ),
  };
}

function settingOf(location: string): string {
  return `DISTRIBUTED_STORAGE_CONFIG.${location}`;
}
