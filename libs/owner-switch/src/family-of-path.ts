import type { Family } from './capabilities.ts';

/** First path segments and their families; every other path is `OTHER`. */
export const FAMILY_PREFIXES: readonly (readonly [string, Family])[] = [
  ['/v2', 'REGISTRY_V2'],
  ['/v1', 'REGISTRY_V1'],
  ['/api', 'API_V1'],
  ['/oauth', 'OAUTH'],
  ['/oauth1', 'OAUTH'],
  ['/oauth2', 'OAUTH'],
  ['/webhooks', 'WEBHOOKS'],
  ['/keys', 'KEYS'],
  ['/secscan', 'SECSCAN'],
  ['/realtime', 'REALTIME'],
  ['/.well-known', 'WELLKNOWN'],
];

/** The family that a decoded path lies in, by its first segment; what has none of its own is `OTHER`. */
export function familyOfPath(path: string): Family {
  for (const [prefix, family] of FAMILY_PREFIXES) {
    if (path === prefix || path.startsWith(`${prefix}/`)) return family;
  }
  return 'OTHER';
}
