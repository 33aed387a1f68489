import type { DECISION_SOURCES } from '@quay-observability/metric-catalogue';
import type { Capability } from './capabilities.ts';
import type { RouteOwner, WorkerOwner } from './owner.ts';

/** Where a decision came from: the label `source` of `quay_switch_owner_decision_total`. */
export type DecisionSource = (typeof DECISION_SOURCES)[number];

/** Who serves a request, and why. */
export type RouteDecision = {
  readonly capability: Capability;
  readonly owner: RouteOwner;
  readonly source: DecisionSource;
  /** The switch that decided; undefined if none did. */
  readonly switchName: string | undefined;
};

/** Who does a worker's work, and why. The source of a switch of its own is `capability`. */
export type WorkerDecision = {
  /** The program, as in `WORKER_OWNER_<PROGRAM>`. */
  readonly capability: string;
  readonly owner: WorkerOwner;
  readonly source: DecisionSource;
  readonly switchName: string | undefined;
};
