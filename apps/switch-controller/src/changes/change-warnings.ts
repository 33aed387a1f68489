import type { Program, Snapshot } from '@quay-observability/owner-switch';
import { SWITCH_PREFIXES } from '@quay-observability/owner-switch';

/** Programs whose work an app of this version can do. */
const PROGRAMS_WITH_WORK: ReadonlySet<Program> = new Set(['GLOBALPROMSTATS']);

/** What is allowed, but may surprise whoever wants to publish it. */
export function changeWarnings(before: Snapshot, after: Snapshot): string[] {
  const warnings: string[] = [];
  if (before.forcePython && !after.forcePython)
    warnings.push('force_python: the kill switch is released; everything gets the owners written here');
  for (const [name, owner] of after.owners) {
    if (owner !== 'go' || before.owners.get(name) === 'go' || !name.startsWith(SWITCH_PREFIXES.worker))
      continue;
    const program = name.slice(SWITCH_PREFIXES.worker.length);
    if (!(PROGRAMS_WITH_WORK as ReadonlySet<string>).has(program))
      warnings.push(`owners.${name}: no app of this version does its work, so nobody will`);
  }
  return warnings;
}
