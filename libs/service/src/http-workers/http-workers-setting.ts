import { integerSetting } from '@quay-observability/quay-config';

/** The setting of the apps that can serve with several processes; such an app has it among its own. */
export const httpWorkersSetting = integerSetting('HTTP_WORKERS', {
  help: 'Processes that serve the public listener; above 1, one more watches over them. Limits, caches and pools are per process.',
  default: 1,
  min: 1,
  max: 64,
});
