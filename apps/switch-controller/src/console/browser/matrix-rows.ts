import type { FamilyState, SwitchesAnswer, SwitchState, WorkerState } from './api-types.ts';
import { ownerName } from './format.ts';
import type { Subject } from './subject.ts';

/** One row of the matrix. */
export type MatrixRow = {
  readonly level: 'family' | 'capability' | 'route' | 'worker';
  readonly name: string;
  readonly milestone: string;
  readonly state: SwitchState;
  /** The family whose switch decides without an own one. */
  readonly parent?: string;
  readonly subject: Subject;
};

const ROUTE_PREFIX = 'ROUTE_OWNER_ROUTE_';

/** Families with their capabilities below them, then the switches of single routes. */
export function routeRows({ families, routes }: SwitchesAnswer): MatrixRow[] {
  return [
    ...families.flatMap(familyRows),
    ...routes.map((route): MatrixRow => {
      const name = route.switch.startsWith(ROUTE_PREFIX)
        ? route.switch.slice(ROUTE_PREFIX.length)
        : route.switch;
      return {
        level: 'route',
        name,
        milestone: '',
        state: { ...route, owner: route.written, source: 'route' },
        subject: {
          ...ownerSubject(name, route.switch, 'whatever its capability or family says'),
          registryV1: name.startsWith('V1_'),
        },
      };
    }),
  ];
}

/** The worker programs. */
export function workerRows({ workers }: SwitchesAnswer): MatrixRow[] {
  return workers.map((worker: WorkerState): MatrixRow => ({
    level: 'worker',
    name: worker.program,
    milestone: worker.milestone,
    state: worker,
    subject: { ...ownerSubject(worker.program, worker.switch, 'the default'), worker: true },
  }));
}

function familyRows(family: FamilyState): MatrixRow[] {
  const registryV1 = family.family === 'REGISTRY_V1';
  const inherits = `the family’s owner, ${ownerName(family.owner)}`;
  return [
    {
      level: 'family',
      name: family.family,
      milestone: family.milestone,
      state: family,
      subject: { ...ownerSubject(family.family, family.switch, 'the default, Python'), registryV1 },
    },
    ...capabilitiesOf(family).map((capability): MatrixRow => ({
      level: 'capability',
      name: capability.capability,
      milestone: '',
      state: capability,
      parent: family.family,
      subject: { ...ownerSubject(capability.capability, capability.switch, inherits), registryV1 },
    })),
  ];
}

/** A family that is one capability is one row, as long as its switch decides. */
function capabilitiesOf({ family, capabilities }: FamilyState): FamilyState['capabilities'] {
  const [only, ...more] = capabilities;
  const same = only?.capability === family && only.written === null && more.length === 0;
  return same ? [] : capabilities;
}

function ownerSubject(name: string, switchName: string, inherits: string) {
  return { kind: 'owner' as const, name, switchName, worker: false, inherits, registryV1: false };
}
