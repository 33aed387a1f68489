import { isGated } from './canary.ts';
import { ROUTE_OWNERS, WORKER_OWNERS } from './owner.ts';
import type { CanarySelectors, Snapshot } from './snapshot.ts';
import { isKnownSwitch, parseSwitchName } from './switch-name.ts';

const MAX_WARNINGS = 100;

/** Keeps a log readable where everything is doubtful. */
export function limitWarnings(warnings: readonly string[]): string[] {
  const more = warnings.length - MAX_WARNINGS;
  return more <= 0 ? [...warnings] : [...warnings.slice(0, MAX_WARNINGS), `and ${more} more warnings`];
}

/** What is doubtful about switches that can be used: unknown owners, and names that nothing answers to. */
export function switchWarnings(owners: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = [];
  for (const [name, owner] of owners) {
    const parsed = parseSwitchName(name);
    if (parsed === undefined) continue;
    const allowed: readonly string[] = parsed.kind === 'worker' ? WORKER_OWNERS : ROUTE_OWNERS;
    if (!allowed.includes(owner))
      warnings.push(`owners.${name}: unknown owner, counts as python (expected ${allowed.join(', ')})`);
    if (!isKnownSwitch(parsed)) warnings.push(`owners.${name}: no such ${parsed.kind}, has no effect`);
  }
  return warnings;
}

/** What is doubtful about canaries: those that belong to no switch, and repositories that do not exist by that name. */
export function canaryWarnings({ owners, canaries }: Pick<Snapshot, 'owners' | 'canaries'>): string[] {
  const warnings = repositoryWarnings('canaries.repos', canaries.general);
  for (const [name, selectors] of canaries.bySwitch) {
    const path = `canaries.by_switch.${name}`;
    if (!owners.has(name)) warnings.push(`${path}: no such switch in owners, ignored`);
    else if (parseSwitchName(name)?.kind === 'worker')
      warnings.push(`${path}: workers have no canaries, ignored`);
    else if (!isGated(selectors)) warnings.push(`${path}: selects nothing, so it takes in everybody`);
    warnings.push(...repositoryWarnings(`${path}.repos`, selectors));
  }
  return warnings;
}

/** A repository goes by its whole name, the library namespace included. */
export function repositoryWarnings(field: string, { repos }: CanarySelectors): string[] {
  return repos
    .filter((name) => !name.includes('/'))
    .map((name) => `${field}: ${name} has no namespace, takes in nothing (expected namespace/name)`);
}
