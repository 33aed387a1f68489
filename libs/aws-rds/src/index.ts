export { connectRds } from './connect-rds.ts';
export type { RdsConnection, RdsOptions } from './connect-rds.ts';
