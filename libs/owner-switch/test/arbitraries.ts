import fc from 'fast-check';
import { QUAY_ROUTES } from '@quay-observability/registry-routes';
import { CAPABILITY_NAMES, FAMILY_NAMES, PROGRAMS, SWITCH_PREFIXES } from '../src/index.ts';
import type { Family, RouteQuestion } from '../src/index.ts';
import { KNOWN_ROUTE_IDS } from '../src/route-ids.ts';

/** Few enough names that a canary often takes in who asks. */
export const ORGS = ['acme', 'beta', 'library'];
export const REPOSITORIES = ORGS.flatMap((org) => [`${org}/app`, `${org}/a/b`, `${org}/db`]);
export const USERS = ['alice', 'acme+robot', 'bob'];

const KNOWN_SWITCHES = [
  ...[...KNOWN_ROUTE_IDS].map((id) => SWITCH_PREFIXES.route + id),
  ...CAPABILITY_NAMES.map((name) => SWITCH_PREFIXES.capability + name),
  ...FAMILY_NAMES.map((name) => SWITCH_PREFIXES.family + name),
  ...PROGRAMS.map((name) => SWITCH_PREFIXES.worker + name),
];

export const anySwitchName = fc.oneof(
  fc.constantFrom(...KNOWN_SWITCHES),
  fc.constantFrom('ROUTE_OWNER_CAP_V3_PULL', 'WORKER_OWNER_NOBODY', 'ROUTE_OWNER_ROUTE_9999'),
);
export const anyOwner = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('python', 'go', 'off') },
  { weight: 2, arbitrary: fc.constantFrom('', 'Go', ' go', 'GO', 'true', '__proto__', 'rust') },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

export const anyPercent = fc.oneof(
  fc.constantFrom(0, 100, 50),
  fc.integer({ min: 0, max: 100 }),
  fc.double({ min: 0, max: 100, noNaN: true }),
);

export const anySelectors = fc.record(
  {
    orgs: fc.subarray(ORGS),
    repos: fc.subarray(REPOSITORIES),
    users: fc.subarray(USERS),
    percent: anyPercent,
  },
  { requiredKeys: [] },
);
export type SelectorsJson = {
  orgs?: string[];
  repos?: string[];
  users?: string[];
  percent?: number;
};
export type SnapshotJson = {
  version: number;
  updated_at: string;
  updated_by?: string;
  reason?: string;
  force_python: boolean;
  owners: Record<string, string>;
  canaries: SelectorsJson & { by_switch: Record<string, SelectorsJson> };
};

/** Well-formed snapshots, whose switches have names from the given ones and any others. */
export function anySnapshot(switchNames: readonly string[] = []): fc.Arbitrary<SnapshotJson> {
  const name = switchNames.length === 0 ? anySwitchName : fc.constantFrom(...switchNames);
  const owners = fc
    .tuple(
      fc.dictionary(name, anyOwner, { maxKeys: 5 }),
      fc.dictionary(anySwitchName, anyOwner, { maxKeys: 3 }),
    )
    .map(([wanted, others]) => ({ ...others, ...wanted }));
  return fc.record(
    {
      version: fc.integer({ min: 1, max: 999_999_999_999_999 }),
      updated_at: fc
        .date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        })
        .map((date) => date.toISOString()),
      updated_by: fc.string({ maxLength: 255 }),
      reason: fc.string({ maxLength: 1000 }),
      force_python: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
      owners,
      canaries: fc
        .tuple(
          fc.oneof({ weight: 2, arbitrary: anySelectors }, fc.constant({})),
          fc.dictionary(name, anySelectors, { maxKeys: 3 }),
        )
        .map(([general, bySwitch]) => ({ ...general, by_switch: bySwitch })),
    },
    { requiredKeys: ['version', 'updated_at', 'force_python', 'owners', 'canaries'] },
  );
}

const FAMILIES_OF_BLUEPRINTS = {
  v1: 'REGISTRY_V1',
  v2: 'REGISTRY_V2',
  api: 'API_V1',
} as const satisfies Record<string, Family>;

const anyEndpoint = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...QUAY_ROUTES.flatMap(({ family, endpoint, methods }) => {
        const asked = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
        return [...asked, 'OPTIONS'].map((method) => ({
          family: FAMILIES_OF_BLUEPRINTS[family],
          method,
          endpoint,
        }));
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      family: fc.constantFrom(...FAMILY_NAMES),
      method: fc.constantFrom('GET', 'HEAD', 'PUT', 'PROPFIND'),
      endpoint: fc.constant(undefined),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      family: fc.constantFrom(...FAMILY_NAMES),
      method: fc.string(),
      endpoint: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')),
    }),
  },
);

/** Requests for routes that exist, for none, and for what nobody has heard of. */
export const anyQuestion: fc.Arbitrary<RouteQuestion> = fc
  .tuple(
    anyEndpoint,
    fc.option(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...REPOSITORIES) }, fc.string()), {
      nil: undefined,
    }),
    fc.option(fc.constantFrom(...ORGS), { nil: undefined }),
    fc.constantFrom(...USERS, 'mallory', undefined),
  )
  .map(([route, repository, namespace, user]) => ({ ...route, repository, namespace, user: () => user }));
