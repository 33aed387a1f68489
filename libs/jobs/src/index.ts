export { createJobs } from './create-jobs.ts';
export type { Jobs, JobsOptions, ScheduledWorkOptions } from './create-jobs.ts';
export { withJobsDashboard } from './dashboard/with-dashboard.ts';
export type { DashboardOptions } from './dashboard/with-dashboard.ts';
export { jobSettings } from './job-settings.ts';
export type { JobSettings } from './job-settings.ts';
export type { JobTiming } from './job-timing.ts';
export type { JobRun } from './run-job.ts';
