import { healthSettings } from './health/health-settings.ts';
import { rdsSettings } from './health/rds-settings.ts';

/** Settings of this app, by environment variable; README.md has them as a table. */
export const apiHealthSettings = { ...healthSettings, ...rdsSettings };
