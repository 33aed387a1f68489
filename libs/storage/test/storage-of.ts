import assert from 'node:assert/strict';
import { createStorage, type BlobStorage, type StorageOptions } from '@quay-observability/storage';

/** The one location `here`. */
export function storageOf(
  engine: string,
  parameters: Record<string, unknown>,
  options: StorageOptions = {},
): BlobStorage {
  const { locations } = createStorage(
    { locations: new Map([['here', { engine, parameters }]]), preference: [], defaultLocations: [] },
    { timeoutMs: 20_000, ...options },
  );
  const storage = locations.get('here');
  assert.ok(storage?.supported === true, 'the location is supported');
  return storage;
}
