import { programOf } from './programs.ts';
import type { Snapshot } from './snapshot.ts';
import { SWITCH_PREFIXES } from './switch-name.ts';

/** What `QUAY_OVERRIDE_SERVICES` says, as far as programs with owners are concerned. */
export type ServiceOverrides = {
  /** Whether Quay is told not to start the program. An owner switch beside it wins. */
  isDisabled(program: string): boolean;
  /** One line for each override that an owner switch makes void: it is deprecated (contract section 13). */
  deprecations(snapshot: Snapshot): string[];
};

/** Reads entries `program=true` and `program=false`; as in Quay, `true` wins over `false`, and anything else says nothing. */
export function readServiceOverrides(entries: readonly string[]): ServiceOverrides {
  const enabled = new Map<string, boolean>();
  for (const entry of entries) {
    const [name = '', value = ''] = entry.split('=', 2);
    if (value !== 'true' && value !== 'false') continue;
    const program = programOf(name.trim());
    enabled.set(program, value === 'true' || enabled.get(program) === true);
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
