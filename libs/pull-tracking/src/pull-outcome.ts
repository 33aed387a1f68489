import type { PULL_OUTCOMES } from '@quay-observability/metric-catalogue';

/** The label `outcome` of `quay_pull_tracking_pulls_total`. */
export type PullOutcome = (typeof PULL_OUTCOMES)[number];

/** Told once of every pull. `error` is what Redis or the database said, if one of them is to blame. */
export type Settle = (outcome: PullOutcome, count: number, error?: unknown) => void;
