import type { Storage } from '@quay-observability/storage';
import type { FileRemover } from '../steps/gc-context.ts';

/**
 * The storage locations, or why garbage collection cannot work with them: rows would go, and files would wait for ever
 * for a program that can remove them.
 */
export function storageOf(storage: Storage): ReadonlyMap<string, FileRemover> | string {
  if (storage.locations.size === 0) return 'DISTRIBUTED_STORAGE_CONFIG names no storage location';
  const stores = new Map<string, FileRemover>();
  for (const [name, location] of storage.locations) {
    if (!location.supported)
      return `files of the storage location ${name} (${location.engine}) cannot be removed: ${location.reason}`;
    stores.set(name, location);
  }
  return stores;
}
