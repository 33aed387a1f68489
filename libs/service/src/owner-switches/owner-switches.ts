import type {
  ParsedSnapshot,
  Program,
  RouteDecision,
  RouteQuestion,
  Snapshot,
  WorkerDecision,
} from '@quay-observability/owner-switch';

/**
 * How far the switches can be trusted. `fresh`: the last poll confirmed them. `last-known-good`: the last poll
 * failed, was refused or confirmed only what was true more than 30 s before, or they come from disk and nobody has
 * confirmed them yet. `fail-closed`: there were never any, and everything belongs to Python.
 */
export type SwitchPhase = 'fresh' | 'last-known-good' | 'fail-closed';

/** What is in force. */
export type SwitchState = {
  /** With the kill switch on if the snapshot or the environment throws it. */
  readonly snapshot: Snapshot;
  readonly phase: SwitchPhase;
  /** Since what is in force was last confirmed, or since the process began if it never was; 0 for the environment. */
  readonly ageSeconds: number;
};

/** The owner switches as an app sees them (contract section 13). */
export type OwnerSwitches = {
  /** Decides one request and counts the decision. Never throws, no I/O. */
  readonly route: (question: RouteQuestion) => RouteDecision;
  /** Decides a worker program and counts the decision. Never throws, no I/O. */
  readonly worker: (program: Program) => WorkerDecision;
  readonly state: () => SwitchState;
  /** `listener` is called after a new snapshot is in force, and when the phase changes. Returns what ends it. */
  readonly onChange: (listener: (state: SwitchState) => void) => () => void;
};

/** What a poll tells the source about the process that polls: its acknowledgement. */
export type PollReport = {
  /** Version in force; 0 if there is none. */
  readonly version: number;
  readonly phase: SwitchPhase;
  readonly ageSeconds: number;
};

export type PollRequest = {
  readonly inForce: PollReport;
  /** How long the source may wait for a change before it answers. 0: answer at once. */
  readonly waitMs: number;
  /** Ends the poll: the process stops, or the answer is late. */
  readonly signal: AbortSignal;
};

/** A snapshot, or 'unchanged', which confirms what is in force. */
export type PollAnswer = 'unchanged' | ParsedSnapshot;

/** What somebody in between answers, who may have lost the place where the snapshot comes from. */
export type AgedAnswer = {
  readonly answer: PollAnswer;
  /** How long ago the answer was last known to be true; 0 or more. */
  readonly ageSeconds: number;
};

/** Where snapshots come from. */
export type SwitchSource<Polled extends PollAnswer | AgedAnswer = PollAnswer> = {
  /** For logs, and what the last known good is kept under: `file /conf/switches.yaml`. Without secrets. */
  readonly name: string;
  /**
   * One poll. Content that was refused before is no confirmation: while `inForce.phase` is not `fresh`, a source
   * answers with the snapshot. What it answers is true now, unless it says how old it is.
   *
   * Rejects with CodedError `SNAPSHOT_INVALID`, `SNAPSHOT_REFUSED` or `SNAPSHOT_UNAVAILABLE`.
   */
  poll(request: PollRequest): Promise<Polled>;
};

/** A source that may say how old its answers are. */
export type AnySwitchSource = SwitchSource<PollAnswer | AgedAnswer>;
