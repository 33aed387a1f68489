import { httpWorkersSetting } from '@quay-observability/service';
import { apiSettings } from './api/api-settings.ts';
import { healthSettings } from './health/health-settings.ts';
import { rdsSettings } from './health/rds-settings.ts';
import { secscanSettings } from './secscan/secscan-settings.ts';

/** Settings of this app, by environment variable: those of its parts. README.md has them as a table. */
export const apiHealthSettings = {
  httpWorkers: httpWorkersSetting,
  ...apiSettings,
  ...healthSettings,
  ...rdsSettings,
  ...secscanSettings,
};
