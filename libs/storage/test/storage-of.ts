import assert from 'node:assert/strict';
import { createStorage, type BlobStorage, type StorageOptions } from '@quay-observability/storage';

/** The one location `here`, with a time limit that a loaded machine keeps to. */
export function storageOf(
  engine: string,
  parameters: Record<string, unknown>,
  options: StorageOptions = {},
): BlobStorage {
  const { locations } = createStorage(
    { locations: new Map([['here', { engine, parameters }]]), preference: [], defaultLocations: [] },
    { timeoutMs: 1500, ...options },
  );
  const storage = locations.get('here');
  assert.ok(storage?.supported === true, 'the location is supported');
  return storage;
}
