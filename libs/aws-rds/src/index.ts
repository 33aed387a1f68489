export { createRdsStatus } from './rds-status.ts';
export type { RdsStatus, RdsStatusOptions } from './rds-status.ts';
