import { isGated } from './canary.ts';
import type { CanarySelectors, Snapshot } from './snapshot.ts';

/** One difference between two snapshots; null is absent. `field` is a switch name, `force_python` or a canary's path. */
export type SnapshotChange = {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
};

/** What changes from one snapshot to another, in the order of the fields' names. Versions and authors do not count. */
export function diffSnapshots(before: Snapshot, after: Snapshot): SnapshotChange[] {
  const old = flatten(before);
  const fresh = flatten(after);
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort()
    .map((field) => ({ field, from: old.get(field) ?? null, to: fresh.get(field) ?? null }))
    .filter(({ from, to }) => from !== to);
}

function flatten({ forcePython, owners, canaries }: Snapshot): Map<string, string> {
  const fields = new Map(owners);
  fields.set('force_python', String(forcePython));
  addSelectors(fields, 'canaries', canaries.general);
  for (const [name, selectors] of canaries.bySwitch) {
    const path = `canaries.by_switch.${name}`;
    // It selects nothing, and yet it takes its switch out of the general canary.
    if (!isGated(selectors)) fields.set(path, 'everybody');
    addSelectors(fields, path, selectors);
  }
  return fields;
}

function addSelectors(fields: Map<string, string>, path: string, selectors: CanarySelectors): void {
  for (const field of ['orgs', 'repos', 'users'] as const) {
    const names = new Set(selectors[field]);
    if (names.size > 0) fields.set(`${path}.${field}`, [...names].sort().join(', '));
  }
  if (selectors.percent !== undefined) fields.set(`${path}.percent`, String(selectors.percent));
}
