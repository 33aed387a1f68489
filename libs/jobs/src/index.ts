export { createJobs } from './create-jobs.ts';
export type { Jobs, JobsOptions, ScheduledWork, ScheduledWorkOptions } from './create-jobs.ts';
export { jobsDashboard } from './dashboard/jobs-dashboard.ts';
export type { DashboardOptions, JobsDashboard, RequestHandler } from './dashboard/jobs-dashboard.ts';
export { jobSettings } from './job-settings.ts';
export type { JobSettings } from './job-settings.ts';
export type { JobTiming } from './job-timing.ts';
export type { JobRun } from './run-job.ts';
