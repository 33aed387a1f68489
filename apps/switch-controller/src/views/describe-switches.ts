import {
  CAPABILITIES,
  CAPABILITY_NAMES,
  createResolver,
  FAMILIES,
  FAMILY_NAMES,
  parseSwitchName,
  PROGRAMS,
  SWITCH_PREFIXES,
  type CanarySelectors,
  type Capability,
  type Family,
  type Milestone,
  type Program,
} from '@quay-observability/owner-switch';
import type { Published } from '../published.ts';
import { describeMilestones, type MilestoneView } from './describe-milestones.ts';
import { switchOfFamily, switchOfRoute, type RouteSwitch } from './switch-of-route.ts';
import { milestoneOfWorker } from './worker-milestones.ts';

/** A switch and what follows from it. */
export type SwitchView = {
  readonly switch: string;
  /** What the switch itself says; null if it is not set. */
  readonly written: string | null;
  /** In force; a canary counts as its owner. */
  readonly owner: string;
  /** Where that comes from; the values of the label `source` of `quay_switch_owner_decision_total`. */
  readonly source: string;
  /** Whom it is narrowed to; null if to nobody. */
  readonly canary: CanaryView | null;
};
export type CanaryView = Omit<CanarySelectors, 'percent'> & { readonly percent: number | null };
export type CapabilityView = SwitchView & { readonly capability: Capability };
export type FamilyView = SwitchView & {
  readonly family: Family;
  readonly milestone: Milestone;
  readonly capabilities: readonly CapabilityView[];
};
export type WorkerView = Omit<SwitchView, 'canary'> & {
  readonly program: Program;
  readonly milestone: Milestone;
};

/** The answer of `GET /v1/switches`. */
export type SwitchesView = {
  readonly version: number;
  readonly updated_at: string;
  readonly updated_by: string | null;
  readonly reason: string | null;
  readonly force_python: boolean;
  readonly families: readonly FamilyView[];
  readonly workers: readonly WorkerView[];
  /** The switches of single routes. */
  readonly routes: readonly { readonly switch: string; readonly written: string }[];
  readonly milestones: readonly MilestoneView[];
  readonly warnings: readonly string[];
};

/** Every family, capability and worker with its owner. */
export function describeSwitches({ snapshot, warnings }: Published): SwitchesView {
  const written = (name: string): string | null => snapshot.owners.get(name) ?? null;
  const view = (name: string, { owner, source, gate }: RouteSwitch): SwitchView => ({
    switch: name,
    written: written(name),
    owner,
    source,
    canary: canaryView(gate),
  });
  const families = FAMILY_NAMES.map((family): FamilyView => ({
    family,
    milestone: FAMILIES[family],
    ...view(SWITCH_PREFIXES.family + family, switchOfFamily(snapshot, family)),
    capabilities: capabilitiesOf(family).map((capability) => ({
      capability,
      ...view(
        SWITCH_PREFIXES.capability + capability,
        switchOfRoute(snapshot, { family, capability, ids: [] }),
      ),
    })),
  }));
  const resolver = createResolver(snapshot);
  const workers = PROGRAMS.map((program): WorkerView => {
    const name = SWITCH_PREFIXES.worker + program;
    const { owner, source } = resolver.worker(program);
    return {
      program,
      milestone: milestoneOfWorker(program),
      switch: name,
      written: written(name),
      owner,
      source,
    };
  });
  return {
    version: snapshot.version,
    updated_at: snapshot.updatedAt,
    updated_by: snapshot.updatedBy ?? null,
    reason: snapshot.reason ?? null,
    force_python: snapshot.forcePython,
    families,
    workers,
    routes: [...snapshot.owners]
      .filter(([name]) => parseSwitchName(name)?.kind === 'route')
      .map(([name, owner]) => ({ switch: name, written: owner })),
    milestones: describeMilestones(families, workers),
    warnings,
  };
}

function capabilitiesOf(family: Family): Capability[] {
  return CAPABILITY_NAMES.filter((capability) => CAPABILITIES[capability] === family);
}

function canaryView(selectors: CanarySelectors | undefined): CanaryView | null {
  return selectors === undefined ? null : { ...selectors, percent: selectors.percent ?? null };
}
