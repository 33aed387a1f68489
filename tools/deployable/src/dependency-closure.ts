/** A package in `package-lock.json` (version 3), as far as it matters here. */
export type LockedPackage = {
  name?: string;
  version?: string;
  /** A workspace package: the lock file has a link to where it really is. */
  link?: boolean;
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
};

/** The `packages` of `package-lock.json`: folder below the workspace root -> package. */
export type LockedPackages = Record<string, LockedPackage>;

/** One package of a deployable. */
export type ClosurePackage = {
  name: string;
  /** Where it is in the workspace. */
  from: string;
  /** Where it goes in the deployable; `''` is the app itself. */
  to: string;
  version: string;
  /** One of the workspace's own. */
  own: boolean;
  /** Left out where this platform has none. */
  optional: boolean;
};

/**
 * All that the app in folder `app` needs in production, in the versions of the lock file, laid out so
 * that Node resolves every import as it does in the workspace.
 *
 * Throws if something needed is not locked, or if two versions would have to be in the same place.
 */
export function dependencyClosure(packages: LockedPackages, app: string): ClosurePackage[] {
  const found = new Map<string, ClosurePackage>();
  const places = new Map<string, string>();

  const add = (from: string, name: string, optional: boolean): void => {
    const known = found.get(from);
    // Met again as something that is needed: what it needs is needed then, too.
    if (known !== undefined && (optional || !known.optional)) return;
    const locked = packages[from];
    if (locked === undefined) throw new Error(`${from} is not in package-lock.json`);
    const own = !from.includes('node_modules/');
    const to = from === app ? '' : own ? `node_modules/${name}` : placeOf(packages, app, from);
    const other = places.get(to);
    if (other !== undefined && other !== from) {
      throw new Error(`${from} and ${other} would both have to be ${to} in the deployable`);
    }
    places.set(to, from);
    found.set(from, { name, from, to, version: locked.version ?? '0.0.0', own, optional });
    follow(from, locked, optional);
  };

  const follow = (from: string, locked: LockedPackage, optional: boolean): void => {
    for (const name of Object.keys({ ...requiredPeers(locked), ...locked.dependencies })) {
      // Some packages depend on types, which hold no code.
      if (locked.optionalDependencies?.[name] !== undefined || name.startsWith('@types/')) continue;
      const target = resolve(packages, from, name);
      if (target === undefined) throw new Error(`${name}, which ${from} needs, is not in package-lock.json`);
      add(target, name, optional);
    }
    for (const name of Object.keys(locked.optionalDependencies ?? {})) {
      const target = resolve(packages, from, name);
      if (target !== undefined) add(target, name, true);
    }
  };

  add(app, packages[app]?.name ?? app, false);
  return [...found.values()].sort((a, b) => (a.to < b.to ? -1 : 1));
}

function requiredPeers({
  peerDependencies = {},
  peerDependenciesMeta = {},
}: LockedPackage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true),
  );
}

/** Finds a package as Node does: in the `node_modules` here, then in those of the folders above. */
function resolve(packages: LockedPackages, from: string, name: string): string | undefined {
  const parts = from.split('/');
  for (let length = parts.length; length >= 0; length -= 1) {
    if (parts[length - 1] === 'node_modules') continue;
    const candidate = [...parts.slice(0, length), 'node_modules', name].join('/');
    const locked = packages[candidate];
    if (locked !== undefined) return locked.link === true ? locked.resolved : candidate;
  }
  return undefined;
}

/** `libs/a/node_modules/b` is to be beside its owner, wherever that goes. */
function placeOf(packages: LockedPackages, app: string, from: string): string {
  const cut = from.indexOf('node_modules/');
  const owner = from.slice(0, Math.max(cut - 1, 0));
  const rest = from.slice(cut);
  if (owner === '' || owner === app) return rest;
  const name = packages[owner]?.name;
  if (name === undefined) throw new Error(`${from} belongs to no package of the workspace`);
  return `node_modules/${name}/${rest}`;
}
