import { parseSwitchName } from './switch-name.ts';
import type { ParsedSnapshot } from './parse-snapshot.ts';
import { switchWarnings } from './parse-snapshot.ts';
import type { CanarySelectors } from './snapshot.ts';

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
    else owners.set(name, value.trim());
  }
  const force = env[FORCE]?.trim() ?? '';
  if (force !== '' && !TRUE.test(force) && !FALSE.test(force))
    warnings.push(`${FORCE}: expected true or false; everything belongs to python until it is corrected`);
  const general: CanarySelectors = {
    orgs: list(env.ROUTE_CANARY_ORGS),
    repos: list(env.ROUTE_CANARY_REPOS),
    users: list(env.ROUTE_CANARY_USERS),
    percent: percent(env.ROUTE_CANARY_PERCENT, warnings),
  };
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
    warnings,
  };
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function percent(text: string | undefined, warnings: string[]): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const value = /^\d{1,3}(\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (value >= 0 && value <= 100) return value;
  warnings.push('ROUTE_CANARY_PERCENT: expected a number between 0 and 100; counts as 0');
  return 0;
}
