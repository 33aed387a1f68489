import {
  isKnownSwitch,
  parseSnapshot,
  parseSwitchName,
  ROUTE_OWNERS,
  SnapshotError,
  WORKER_OWNERS,
  type Snapshot,
  type SnapshotFault,
} from '@quay-observability/owner-switch';
import { invalidChange } from './invalid-change.ts';
import type { JsonObject } from './json-object.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'version',
  'updated_at',
  'updated_by',
  'reason',
  'force_python',
  'owners',
  'canaries',
]);

/**
 * Reads a snapshot that somebody wants to publish. What a process takes with a warning is a fault here: an owner or
 * a switch that nobody knows, a field without meaning, a canary of a switch that is not there. Throws an
 * `HttpProblem` (400) with every fault.
 */
export function strictSnapshot(value: JsonObject): Snapshot {
  const faults = [...unknownFields(value), ...ownerFaults(value.owners), ...canaryFaults(value)];
  try {
    const { snapshot } = parseSnapshot(value);
    if (faults.length === 0) return snapshot;
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    const told = new Set(faults.map(({ field }) => field));
    faults.push(...error.faults.filter(({ field }) => field === '' || !told.has(field)));
  }
  throw invalidChange(faults);
}

function unknownFields(value: JsonObject): SnapshotFault[] {
  return Object.keys(value)
    .filter((field) => !FIELDS.has(field))
    .map((field) => ({ field, problem: 'unknown field' }));
}

function ownerFaults(owners: unknown): SnapshotFault[] {
  return entriesOf(owners).flatMap(([name, owner]): SnapshotFault[] => {
    const parsed = parseSwitchName(name);
    const field = `owners.${name}`;
    // The form of the name is for `parseSnapshot` to complain about.
    if (parsed === undefined) return [];
    if (!isKnownSwitch(parsed)) return [{ field, problem: `there is no such ${parsed.kind}` }];
    const allowed: readonly unknown[] = parsed.kind === 'worker' ? WORKER_OWNERS : ROUTE_OWNERS;
    return allowed.includes(owner) ? [] : [{ field, problem: `expected ${allowed.join(', ')}` }];
  });
}

function canaryFaults({ owners, canaries }: JsonObject): SnapshotFault[] {
  const switches = new Set(entriesOf(owners).map(([name]) => name));
  const bySwitch = entriesOf(canaries).find(([name]) => name === 'by_switch')?.[1];
  return entriesOf(bySwitch)
    .filter(([name]) => parseSwitchName(name) !== undefined && !switches.has(name))
    .map(([name]) => ({ field: `canaries.by_switch.${name}`, problem: 'there is no such switch in owners' }));
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
