/** The milestones of the move; each takes over what is listed under it. */
export const MILESTONES = ['M0', 'M1', 'M2', 'M3', 'M4', 'M5'] as const;
export type Milestone = (typeof MILESTONES)[number];

/** Families of routes (contract section 13) and the milestone in which each moves. */
export const FAMILIES = {
  REGISTRY_V1: 'M2',
  REGISTRY_V2: 'M2',
  API_V1: 'M3',
  OAUTH: 'M3',
  WEBHOOKS: 'M3',
  KEYS: 'M3',
  SECSCAN: 'M3',
  REALTIME: 'M3',
  WELLKNOWN: 'M3',
  OTHER: 'M3',
} as const satisfies Record<string, Milestone>;
export type Family = keyof typeof FAMILIES;

/**
 * Capabilities and their families. A family without parts of its own is one capability of the same name.
 * `*_OTHER` is what belongs to a family by its path but matches no rule.
 */
export const CAPABILITIES = {
  V1_PULL: 'REGISTRY_V1',
  V1_PUSH: 'REGISTRY_V1',
  V1_DELETE: 'REGISTRY_V1',
  V1_AUTH: 'REGISTRY_V1',
  V1_SEARCH: 'REGISTRY_V1',
  V1_OTHER: 'REGISTRY_V1',
  V2_PULL: 'REGISTRY_V2',
  V2_PUSH: 'REGISTRY_V2',
  V2_BLOB: 'REGISTRY_V2',
  V2_DELETE: 'REGISTRY_V2',
  V2_REFERRERS: 'REGISTRY_V2',
  V2_CATALOG: 'REGISTRY_V2',
  V2_AUTH: 'REGISTRY_V2',
  V2_OTHER: 'REGISTRY_V2',
  API_V1_READ: 'API_V1',
  API_V1_WRITE: 'API_V1',
  OAUTH: 'OAUTH',
  WEBHOOKS: 'WEBHOOKS',
  KEYS: 'KEYS',
  SECSCAN: 'SECSCAN',
  REALTIME: 'REALTIME',
  WELLKNOWN: 'WELLKNOWN',
  OTHER: 'OTHER',
} as const satisfies Record<string, Family>;
export type Capability = keyof typeof CAPABILITIES;

export const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as readonly Capability[];
export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly Family[];
