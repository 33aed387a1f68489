/** The six apps, in the order in which the milestones bring them in. */
export const EVERY_APP = [
  'switch-controller',
  'registry-metrics',
  'api-health',
  'gc-worker',
  'globalstats-worker',
  'pullmetrics-worker',
] as const;

/** The name of an app. */
export type AppName = (typeof EVERY_APP)[number];

/** Apps that hold a database pool: all but the switch controller. */
export const APPS_WITH_DATABASE = [
  'registry-metrics',
  'api-health',
  'gc-worker',
  'globalstats-worker',
  'pullmetrics-worker',
] as const satisfies readonly AppName[];

/** Apps that can serve with several processes (`HTTP_WORKERS`). */
export const APPS_WITH_HTTP_WORKERS = [
  'registry-metrics',
  'api-health',
] as const satisfies readonly AppName[];

export type AppWithHttpWorkers = (typeof APPS_WITH_HTTP_WORKERS)[number];

/** Apps that do the work of worker programs. */
export const WORKER_APPS = [
  'gc-worker',
  'globalstats-worker',
  'pullmetrics-worker',
] as const satisfies readonly AppName[];

export type WorkerApp = (typeof WORKER_APPS)[number];
