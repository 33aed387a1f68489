import type { Logger } from '@quay-observability/logging';
import {
  diffSnapshots,
  snapshotToJson,
  type ServiceOverrides,
  type Snapshot,
} from '@quay-observability/owner-switch';

/** Most warnings of one snapshot that are logged one by one. */
const MAX_WARNINGS = 20;

/** Most lines of one snapshot's changes, and owners in the line of the first one. */
const MAX_CHANGES = 100;
/** Of a value in the log: a canary can name thousands. */
const MAX_VALUE_CHARACTERS = 500;

/** Writes down what comes into force: who changed what. */
export type SwitchLog = {
  /** A snapshot is in force. `before` is the one until now; undefined if there was none. */
  inForce(after: Snapshot, before: Snapshot | undefined): void;
  /** What an operator should look at although the snapshot can be used. */
  warnings(lines: readonly string[], version: number): void;
};

/** The audit log of the owner switches: one line for each owner, canary or kill switch that changes. */
export function createSwitchLog(log: Logger, source: string, overrides: ServiceOverrides): SwitchLog {
  return {
    inForce: (after, before) => {
      if (before === undefined) {
        const { version, updated_by, force_python } = snapshotToJson(after);
        const fields = { source, version, updated_by, force_python, ...fewOwners(after) };
        log.info('The owner switches are in force.', fields);
      } else {
        logChanges(log, before, after);
      }
      const known = before === undefined ? [] : overrides.deprecations(before);
      for (const line of overrides.deprecations(after)) if (!known.includes(line)) log.warning(line);
    },
    warnings: (lines, version) => {
      for (const line of lines.slice(0, MAX_WARNINGS))
        log.warning(`Doubtful owner switches: ${line}`, { source, version });
      if (lines.length > MAX_WARNINGS)
        log.warning('Doubtful owner switches: there are more of them.', {
          source,
          version,
          count: lines.length,
        });
    },
  };
}

function logChanges(log: Logger, before: Snapshot, after: Snapshot): void {
  const changes = diffSnapshots(before, after);
  const change = {
    version: after.version,
    previous_version: before.version,
    who: after.updatedBy ?? null,
    reason: short(after.reason ?? null),
  };
  if (changes.length === 0) log.info('A new version of the owner switches changes nothing.', change);
  // The kill switch is never among what is left out.
  const told = changes.filter(({ field }, at) => at < MAX_CHANGES || field === 'force_python');
  for (const { field, from, to } of told)
    log.info('An owner switch has changed.', { what: field, from: short(from), to: short(to), ...change });
  if (changes.length > told.length)
    log.info('More owner switches have changed with these.', {
      count: changes.length - told.length,
      ...change,
    });
}

function fewOwners({ owners }: Snapshot): Record<string, unknown> {
  const few = [...owners].slice(0, MAX_CHANGES).map(([name, owner]) => [name, short(owner)] as const);
  const more = owners.size - few.length;
  return { owners: Object.fromEntries(few), ...(more > 0 ? { more_owners: more } : {}) };
}

function short(value: string | null): string | null {
  return value === null || value.length <= MAX_VALUE_CHARACTERS
    ? value
    : `${value.slice(0, MAX_VALUE_CHARACTERS)}...`;
}
