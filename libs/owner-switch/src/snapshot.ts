/** Whom a canary takes in: whoever one of the selectors names. Empty lists and no percentage take in everybody. */
export type CanarySelectors = {
  /** Namespaces. */
  readonly orgs: readonly string[];
  /** Repositories, `namespace/name`. */
  readonly repos: readonly string[];
  readonly users: readonly string[];
  /** Share of the repositories, 0..100, fractions allowed; undefined if it does not select. */
  readonly percent: number | undefined;
};

/** All owners at one time (contract section 13). */
export type Snapshot = {
  /** Only ever increasing; 0 is what a process has that never saw a snapshot. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
  /** Who made the change and why, as far as they said so. */
  readonly updatedBy: string | undefined;
  readonly reason: string | undefined;
  /** The kill switch: everything belongs to Python. */
  readonly forcePython: boolean;
  /** Switch name -> owner as it was written: an unknown one counts as `python`. */
  readonly owners: ReadonlyMap<string, string>;
  readonly canaries: {
    /** For every switch that says `go` and has no selectors of its own. */
    readonly general: CanarySelectors;
    /** By switch name, in the place of the general ones. */
    readonly bySwitch: ReadonlyMap<string, CanarySelectors>;
  };
};

export const NO_SELECTORS: CanarySelectors = { orgs: [], repos: [], users: [], percent: undefined };

/** Everything belongs to Python. */
export const EMPTY_SNAPSHOT: Snapshot = {
  version: 0,
  updatedAt: new Date(0).toISOString(),
  updatedBy: undefined,
  reason: undefined,
  forcePython: false,
  owners: new Map(),
  canaries: { general: NO_SELECTORS, bySwitch: new Map() },
};

/** The form in which a snapshot travels and is kept; `parseSnapshot` reads it back. */
export function snapshotToJson(snapshot: Snapshot): Record<string, unknown> {
  const { canaries } = snapshot;
  const bySwitch = Object.fromEntries(
    [...canaries.bySwitch].sort(byName).map(([name, selectors]) => [name, selectorsToJson(selectors)]),
  );
  return {
    version: snapshot.version,
    updated_at: snapshot.updatedAt,
    ...(snapshot.updatedBy === undefined ? {} : { updated_by: snapshot.updatedBy }),
    ...(snapshot.reason === undefined ? {} : { reason: snapshot.reason }),
    force_python: snapshot.forcePython,
    owners: Object.fromEntries([...snapshot.owners].sort(byName)),
    canaries: { ...selectorsToJson(canaries.general), by_switch: bySwitch },
  };
}

function selectorsToJson({ orgs, repos, users, percent }: CanarySelectors): Record<string, unknown> {
  return { orgs, repos, users, ...(percent === undefined ? {} : { percent }) };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
