import { MILESTONES, type Milestone } from '@quay-observability/owner-switch';
import type { FamilyView, WorkerView } from './describe-switches.ts';

/** How far a milestone is: its capabilities and worker programs. */
export type MilestoneView = {
  readonly milestone: Milestone;
  readonly total: number;
  /** Wholly with the new runtime: a canary does not count yet. */
  readonly on_go: number;
  /** What is still on Python, at least in part. What is `off` is on neither. */
  readonly on_python: readonly string[];
};

/** Counts what each milestone moves. */
export function describeMilestones(
  families: readonly FamilyView[],
  workers: readonly WorkerView[],
): MilestoneView[] {
  const parts = [
    ...families.flatMap(({ milestone, capabilities }) =>
      capabilities.map(({ capability, owner, canary }) => ({
        milestone,
        name: capability,
        owner: canary === null ? owner : 'python',
      })),
    ),
    ...workers.map(({ milestone, program, owner }) => ({ milestone, name: program, owner })),
  ];
  return MILESTONES.map((milestone) => {
    const own = parts.filter((part) => part.milestone === milestone);
    return {
      milestone,
      total: own.length,
      on_go: own.filter(({ owner }) => owner === 'go').length,
      on_python: own.filter(({ owner }) => owner === 'python').map(({ name }) => name),
    };
  });
}
