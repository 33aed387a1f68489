import { CAPABILITIES, FAMILIES } from './capabilities.ts';
import { PROGRAMS } from './programs.ts';
import { KNOWN_ROUTE_IDS } from './route-ids.ts';

/** A switch name, taken apart: `ROUTE_OWNER_CAP_V2_PULL` is `{kind: 'capability', id: 'V2_PULL'}`. */
export type SwitchName = { readonly kind: SwitchKind; readonly id: string };
export type SwitchKind = 'route' | 'capability' | 'family' | 'worker';

/** What the names of each kind begin with (contract section 13). */
export const SWITCH_PREFIXES: Readonly<Record<SwitchKind, string>> = {
  route: 'ROUTE_OWNER_ROUTE_',
  capability: 'ROUTE_OWNER_CAP_',
  family: 'ROUTE_OWNER_FAMILY_',
  worker: 'WORKER_OWNER_',
};

/** Undefined for a text that has the form of no switch name. */
export function parseSwitchName(name: string): SwitchName | undefined {
  for (const [kind, prefix] of Object.entries(SWITCH_PREFIXES) as [SwitchKind, string][]) {
    if (!name.startsWith(prefix)) continue;
    const id = name.slice(prefix.length);
    return /^[A-Z0-9_]{1,128}$/.test(id) ? { kind, id } : undefined;
  }
  return undefined;
}

/** Whether anything here is decided by the switch: a name of the right form may still be misspelt. */
export function isKnownSwitch({ kind, id }: SwitchName): boolean {
  switch (kind) {
    case 'route':
      return KNOWN_ROUTE_IDS.has(id);
    case 'capability':
      return Object.hasOwn(CAPABILITIES, id);
    case 'family':
      return Object.hasOwn(FAMILIES, id);
    case 'worker':
      return (PROGRAMS as readonly string[]).includes(id);
  }
}
