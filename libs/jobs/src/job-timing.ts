/** How the jobs keep time; in milliseconds. */
export type JobTiming = {
  /** Without a sign of life for so long, a run counts as dead, and its own signal aborts. */
  readonly lockMs: number;
  /** How often it is looked for dead runs, by all replicas together. A dead run starts again within `lockMs` and twice this. */
  readonly stalledMs: number;
  /** How often it is looked whether the schedule is still there: Redis may have lost it. */
  readonly ensureMs: number;
  /** Longest time in which no command of a waiting replica may come back before its connections are made anew. */
  readonly silenceMs: number;
  /** Pause before the queue is opened again after a fault; up to half as much is added, so that replicas do not come in step. */
  readonly retryMs: number;
  /** How long a stopping replica tries to hand a run back. What it cannot is recovered as a dead run. */
  readonly settleMs: number;
};

export const JOB_TIMING: JobTiming = {
  lockMs: 30_000,
  stalledMs: 10_000,
  ensureMs: 30_000,
  silenceMs: 30_000,
  retryMs: 1000,
  settleMs: 2000,
};
