import { PROGRAMS, type Program } from './programs.ts';
import type { Snapshot } from './snapshot.ts';
import { SWITCH_PREFIXES } from './switch-name.ts';

/** What `QUAY_OVERRIDE_SERVICES` says, as far as programs with owners are concerned. */
export type ServiceOverrides = {
  /** Whether Quay is told not to start the program. An owner switch beside it wins. */
  isDisabled(program: string): boolean;
  /** One line for each override that an owner switch makes void: it is deprecated (contract section 13). */
  deprecations(snapshot: Snapshot): string[];
};

/**
 * Reads entries `program=true` and `program=false` as `conf/init/supervisord_conf_create.py` of Quay does: it
 * looks for them anywhere in the text, so that `repositorygcworker=false` stops `gcworker` too, and `true` wins
 * over `false`. Anything else says nothing.
 */
export function readServiceOverrides(entries: readonly string[]): ServiceOverrides {
  const text = entries.join(',');
  const enabled = new Map<string, boolean>();
  for (const program of PROGRAMS) {
    if (text.includes(`${supervisorName(program)}=true`)) enabled.set(program, true);
    else if (text.includes(`${supervisorName(program)}=false`)) enabled.set(program, false);
  }
  return {
    isDisabled: (program) => enabled.get(program) === false,
    deprecations: ({ owners }) =>
      [...enabled.keys()]
        .map((program) => SWITCH_PREFIXES.worker + program)
        .filter((name) => owners.has(name))
        .map(
          (name) =>
            `QUAY_OVERRIDE_SERVICES names a program that ${name} decides: the switch wins. The override is deprecated; remove it.`,
        ),
  };
}

/** Supervisor names are in lower case, and those of the programs with owners have no hyphen. */
function supervisorName(program: Program): string {
  return program.toLowerCase();
}
