import { ConfigError, type StorageLocation, type StorageSettings } from '@quay-observability/quay-config';
import type { ConfigFault } from '@quay-observability/quay-config';
import type { AccessLimits } from './bounded-access.ts';
import type { BlobStorage, Storage, UnsupportedStorage } from './blob-storage.ts';
import { createLocalStorage } from './local/local-storage.ts';
import { readMounts, type ReadMounts } from './local/mounts.ts';
import { unwrapMultiCdn } from './multi-cdn.ts';
import { readParameters, type Parameters } from './parameters.ts';
import { S3_ENGINES } from './s3/engines.ts';
import { createS3Storage } from './s3/s3-storage.ts';

export type StorageOptions = {
  /** Of one access to a location, from its start to its end; 5000. */
  readonly timeoutMs?: number;
  /** Accesses to one location at once, those that hang included; 16. */
  readonly maxPending?: number;
  /** Linux's `/proc/self/mounts` unless told. */
  readonly readMounts?: ReadMounts;
};

/** What AWS's SDK can sign. `s3` is the older version, of which it knows nothing. */
const SIGNATURES: readonly (string | undefined)[] = [undefined, 's3v4', 'v4'];

/**
 * Quay's storage locations (`DISTRIBUTED_STORAGE_CONFIG`). Nothing is connected yet.
 *
 * @throws ConfigError with every parameter that is missing or malformed, without its value.
 */
export function createStorage(settings: StorageSettings, options: StorageOptions = {}): Storage {
  const faults: ConfigFault[] = [];
  const locations = new Map(
    [...settings.locations].map(([location, given]) => [
      location,
      createLocation(location, given, options, faults),
    ]),
  );
  for (const name of settings.preference.filter((preferred) => !locations.has(preferred))) {
    const problem = `names ${JSON.stringify(name)}, which is not in DISTRIBUTED_STORAGE_CONFIG`;
    faults.push({ key: 'DISTRIBUTED_STORAGE_PREFERENCE', source: 'the configuration', problem });
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    locations,
    preferred: settings.preference.length > 0 ? settings.preference : [...locations.keys()],
    close: async () => {
      for (const storage of locations.values()) if (storage.supported) await storage.close();
    },
  };
}

function createLocation(
  location: string,
  given: StorageLocation,
  options: StorageOptions,
  faults: ConfigFault[],
): BlobStorage | UnsupportedStorage {
  const { engine } = given;
  const inner = unwrapMultiCdn(`DISTRIBUTED_STORAGE_CONFIG.${location}`, given);
  const parameters = readParameters(inner.path, inner.parameters);
  const limits = { timeoutMs: options.timeoutMs ?? 5000, maxPending: options.maxPending ?? 16 };
  const storage = createEngine(inner.engine, { location, engine, parameters, limits, options });
  faults.push(...inner.faults, ...parameters.faults);
  return storage;
}

type EngineContext = {
  readonly location: string;
  readonly engine: string;
  readonly parameters: Parameters;
  readonly limits: AccessLimits;
  readonly options: StorageOptions;
};

function createEngine(inner: string, context: EngineContext): BlobStorage | UnsupportedStorage {
  const { location, engine, parameters, limits, options } = context;
  const unsupported = (reason: string): UnsupportedStorage => ({ supported: false, location, engine, reason });
  if (inner === 'LocalStorage') {
    const root = parameters.text('storage_path');
    return createLocalStorage({
      location,
      engine,
      root,
      limits,
      readMounts: options.readMounts ?? readMounts,
    });
  }
  const read = S3_ENGINES.get(inner);
  if (read === undefined) return unsupported(`the engine ${inner} is not supported`);
  const at = read(parameters);
  if (!SIGNATURES.includes(at.signatureVersion)) return unsupported('its signature_version is not supported');
  return createS3Storage({ location, engine, at, limits });
}
