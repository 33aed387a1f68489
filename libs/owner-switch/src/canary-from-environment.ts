import { CANARY_NAME, CANARY_NAME_EXPECTED } from './canary-name.ts';
import { isGated } from './canary.ts';
import { repositoryWarnings } from './snapshot-warnings.ts';
import type { CanarySelectors } from './snapshot.ts';

const PREFIX = 'ROUTE_CANARY_';
const LISTS = {
  orgs: 'ROUTE_CANARY_ORGS',
  repos: 'ROUTE_CANARY_REPOS',
  users: 'ROUTE_CANARY_USERS',
} as const;
const PERCENT = 'ROUTE_CANARY_PERCENT';
const KNOWN: ReadonlySet<string> = new Set([...Object.values(LISTS), PERCENT]);

/**
 * The selectors in `ROUTE_CANARY_*` (lists are comma-separated). A variable that is set but cannot be read is a
 * warning and takes in nobody; it must not open `go` to everybody, as if there were no canary.
 */
export function canaryFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  warnings: string[],
): CanarySelectors {
  const set = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name]?.trim());
  for (const name of set) {
    if (!KNOWN.has(name)) warnings.push(`${name}: no selector of canaries, takes in nobody`);
  }
  const selectors: CanarySelectors = {
    orgs: list(LISTS.orgs, env, warnings),
    repos: list(LISTS.repos, env, warnings),
    users: list(LISTS.users, env, warnings),
    percent: percent(env[PERCENT], warnings),
  };
  warnings.push(...repositoryWarnings(LISTS.repos, selectors));
  return set.length > 0 && !isGated(selectors) ? { ...selectors, percent: 0 } : selectors;
}

function list(name: string, env: Readonly<Record<string, string | undefined>>, warnings: string[]): string[] {
  const text = env[name]?.trim() ?? '';
  if (text === '') return [];
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const names = items.filter((item) => CANARY_NAME.test(item));
  if (names.length < items.length) warnings.push(`${name}: ${CANARY_NAME_EXPECTED}; the others are ignored`);
  if (names.length === 0) warnings.push(`${name}: lists nobody, takes in nobody`);
  return names;
}

function percent(text: string | undefined, warnings: string[]): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const value = /^\d{1,3}(\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (value >= 0 && value <= 100) return value;
  warnings.push(`${PERCENT}: expected a number between 0 and 100; counts as 0`);
  return 0;
}
