import type { SnapshotFault } from './snapshot-error.ts';
import { SNAPSHOT_FIELDS } from './snapshot-schema.ts';
import { parseSwitchName } from './switch-name.ts';

const MAX_SWITCHES = 2000;
const SWITCH_NAME_EXPECTED =
  'expected a name that begins with ROUTE_OWNER_ROUTE_, ROUTE_OWNER_CAP_, ROUTE_OWNER_FAMILY_ or WORKER_OWNER_, in capitals';

/** Fields that say, by their name, that they stop or narrow a move; overlooking one would let `go` serve. */
const LOOKS_DECISIVE = /canar|force|owner|percent|switch/i;

/**
 * The faults in the names of a snapshot's fields and switches. Read from the value itself, since a schema
 * library drops `__proto__`, and stops checking names where values are at fault.
 */
export function nameFaults(value: unknown): SnapshotFault[] {
  const canaries = ownField(value, 'canaries');
  return [
    ...unknownFields(value)
      .filter((field) => LOOKS_DECISIVE.test(field))
      .map((field) => ({ field, problem: 'unknown field; expected owners, canaries or force_python' })),
    ...switchNameFaults(ownField(value, 'owners'), 'owners'),
    ...switchNameFaults(ownField(canaries, 'by_switch'), 'canaries.by_switch'),
  ];
}

/** The fields of a snapshot that are ignored: a newer writer may add some. */
export function unknownFields(value: unknown): string[] {
  return keysOf(value).filter((field) => !SNAPSHOT_FIELDS.has(field));
}

function switchNameFaults(record: unknown, path: string): SnapshotFault[] {
  const names = keysOf(record);
  if (names.length > MAX_SWITCHES)
    return [{ field: path, problem: `expected at most ${MAX_SWITCHES} switches` }];
  return names
    .filter((name) => parseSwitchName(name) === undefined)
    .map((name) => ({ field: `${path}.${name}`, problem: SWITCH_NAME_EXPECTED }));
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function ownField(value: unknown, field: string): unknown {
  return keysOf(value).includes(field) ? (value as Record<string, unknown>)[field] : undefined;
}
