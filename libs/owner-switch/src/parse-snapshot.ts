import type { z } from 'zod';
import { SnapshotError, type SnapshotFault } from './snapshot-error.ts';
import { nameFaults, unknownFields } from './snapshot-names.ts';
import { snapshotSchema } from './snapshot-schema.ts';
import { canaryWarnings, limitWarnings, switchWarnings } from './snapshot-warnings.ts';
import type { CanarySelectors, Snapshot } from './snapshot.ts';
import { parseSwitchName } from './switch-name.ts';

/** A snapshot that can be used, and what an operator should look at all the same. */
export type ParsedSnapshot = { readonly snapshot: Snapshot; readonly warnings: readonly string[] };

const MAX_OWNER_LENGTH = 100;
/** Stands for an owner that is no text, or too long to be kept; like every unknown owner it counts as `python`. */
const UNKNOWN_OWNER = 'unknown';

/**
 * Reads a snapshot as it travels or stands in a file (contract section 13). An owner that is not known is no
 * fault but a warning: it counts as `python`. So is a switch name that nothing here answers to.
 *
 * @throws SnapshotError (`SNAPSHOT_INVALID`) with every fault, up to a hundred; never anything else.
 */
export function parseSnapshot(value: unknown): ParsedSnapshot {
  const { data, faults, ignored } = check(value);
  if (data === undefined || faults.length > 0) throw new SnapshotError(faults);
  const { by_switch: bySwitch, ...general } = data.canaries;
  const snapshot: Snapshot = {
    version: data.version,
    updatedAt: new Date(data.updated_at).toISOString(),
    updatedBy: data.updated_by,
    reason: data.reason,
    forcePython: data.force_python,
    owners: new Map(Object.entries(data.owners).map(([name, owner]) => [name, ownerText(name, owner)])),
    canaries: {
      general: selectorsOf(general),
      bySwitch: new Map(Object.entries(bySwitch).map(([name, each]) => [name, selectorsOf(each)])),
    },
  };
  const warnings = limitWarnings([
    ...ignored.map((field) => `${field.slice(0, 100)}: unknown field, ignored`),
    ...switchWarnings(snapshot.owners),
    ...canaryWarnings(snapshot),
  ]);
  return { snapshot, warnings };
}

type Checked = {
  readonly data: z.infer<typeof snapshotSchema> | undefined;
  readonly faults: readonly SnapshotFault[];
  readonly ignored: readonly string[];
};

function check(value: unknown): Checked {
  try {
    const { data, error } = snapshotSchema.safeParse(value);
    const formFaults = (error?.issues ?? []).map(({ path, message }) => ({
      field: path.map(String).join('.'),
      problem: message,
    }));
    return { data, faults: [...formFaults, ...nameFaults(value)], ignored: unknownFields(value) };
  } catch {
    // Only objects that run code when they are read come here, neither JSON nor YAML.
    return { data: undefined, faults: [{ field: '', problem: 'cannot be read' }], ignored: [] };
  }
}

/** An owner as it is kept. YAML 1.1, which Quay's configuration is, reads an unquoted `off` as false. */
export function ownerText(name: string, owner: unknown): string {
  if (owner === false && parseSwitchName(name)?.kind === 'worker') return 'off';
  return typeof owner === 'string' && owner.length <= MAX_OWNER_LENGTH ? owner : UNKNOWN_OWNER;
}

type SelectorFields = Omit<z.infer<typeof snapshotSchema>['canaries'], 'by_switch'>;

function selectorsOf({ orgs, repos, users, percent }: SelectorFields): CanarySelectors {
  // JSON knows no negative zero.
  return { orgs, repos, users, percent: percent === 0 ? 0 : percent };
}
