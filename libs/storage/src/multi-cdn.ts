import type { ConfigFault, StorageLocation } from '@quay-observability/quay-config';

/** The engine that really has the files, its parameters, and where they stand. */
export type InnerLocation = StorageLocation & {
  readonly path: string;
  readonly faults: readonly ConfigFault[];
};

const CDNS = ['CloudFrontedS3Storage', 'CloudFlareStorage', 'AkamaiS3Storage'];

/**
 * `MultiCDNStorage` only chooses where downloads come from: everything else goes to its default provider,
 * with the parameters that all providers share. Any other engine stays as it is.
 */
export function unwrapMultiCdn(path: string, given: StorageLocation): InnerLocation {
  if (given.engine !== 'MultiCDNStorage') return { ...given, path, faults: [] };
  const { storage_config: shared, providers, default_provider: name } = given.parameters;
  const provider = typeof name === 'string' && isMapping(providers) ? providers[name] : undefined;
  const [engine, own] = Array.isArray(provider) ? (provider as unknown[]) : [];
  const faults = [
    ...(isMapping(shared) ? [] : [fault(path, 'storage_config', 'expected a mapping')]),
    ...(typeof engine === 'string' && CDNS.includes(engine) && isMapping(own)
      ? []
      : [fault(path, 'default_provider', `expected a name in providers, of [engine, parameters]`)]),
  ];
  return {
    engine: typeof engine === 'string' ? engine : given.engine,
    parameters: { ...(isMapping(shared) ? shared : {}), ...(isMapping(own) ? own : {}) },
    path,
    faults,
  };
}

function fault(path: string, name: string, problem: string): ConfigFault {
  return { key: `${path}.${name}`, source: 'the configuration', problem };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
