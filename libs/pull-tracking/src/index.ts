export { createPullTracking } from './create-pull-tracking.ts';
export type { PullTracking, PullTrackingObserver, PullTrackingOptions } from './create-pull-tracking.ts';
export type { PullOutcome } from './pull-outcome.ts';
