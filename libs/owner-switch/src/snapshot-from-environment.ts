import { canaryFromEnvironment } from './canary-from-environment.ts';
import { ownerText, type ParsedSnapshot } from './parse-snapshot.ts';
import { limitWarnings, switchWarnings } from './snapshot-warnings.ts';
import { parseSwitchName } from './switch-name.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const FORCE = 'MIGRATION_FORCE_PYTHON';
const TRUE = /^(?:true|yes|on|1)$/i;
const FALSE = /^(?:false|no|off|0)$/i;

/** Whether the environment throws the kill switch. What cannot be read throws it: Python is the safe side. */
export function forcedByEnvironment(env: Environment): boolean {
  const text = env[FORCE]?.trim() ?? '';
  return text !== '' && !FALSE.test(text);
}

/**
 * The switches of the environment: `ROUTE_OWNER_*`, `WORKER_OWNER_*`, `ROUTE_CANARY_*` (comma-separated) and
 * `MIGRATION_FORCE_PYTHON` (contract section 13). Never throws: what is malformed leans towards Python, and is
 * a warning. Its version is 0, since it cannot change while the process runs.
 */
export function snapshotFromEnvironment(env: Environment, now: Date): ParsedSnapshot {
  const warnings: string[] = [];
  const owners = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.trim() === '') continue;
    if (!name.startsWith('ROUTE_OWNER_') && !name.startsWith('WORKER_OWNER_')) continue;
    if (parseSwitchName(name) === undefined)
      warnings.push(`${name}: no name of an owner switch, has no effect`);
    else owners.set(name, ownerText(name, value.trim()));
  }
  const force = env[FORCE]?.trim() ?? '';
  if (force !== '' && !TRUE.test(force) && !FALSE.test(force))
    warnings.push(`${FORCE}: expected true or false; everything belongs to python until it is corrected`);
  const general = canaryFromEnvironment(env, warnings);
  warnings.push(...switchWarnings(owners));
  return {
    snapshot: {
      version: 0,
      updatedAt: now.toISOString(),
      updatedBy: undefined,
      reason: undefined,
      forcePython: forcedByEnvironment(env),
      owners,
      canaries: { general, bySwitch: new Map() },
    },
    warnings: limitWarnings(warnings),
  };
}
