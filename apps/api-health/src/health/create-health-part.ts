import { observeQuayServices, type AppContext } from '@quay-observability/service';
import { createStorage } from '@quay-observability/storage';
import type { apiHealthSettings } from '../config.ts';
import type { Part } from '../part.ts';
import { createAuthCheck } from './auth/create-auth-check.ts';
import { createHealth } from './create-health.ts';
import { createRdsStatus } from './rds-status.ts';
import { createRechecks } from './rechecks.ts';
import { createPreferredStorageCheck, createStorageCheck } from './storage-check.ts';

type HealthContext = Pick<
  AppContext<'api-health', typeof apiHealthSettings>,
  'config' | 'settings' | 'metrics' | 'log' | 'observeListener' | 'onConfigReload'
>;

/** Three accesses make a check, which has 10 s; and it is asked whether new connections can be made. */
const STORAGE_OPTIONS = { timeoutMs: 3000, keepAlive: false };

/** After so long a check that has failed is asked again, if no probe has done so. */
const RECHECK_MS = 5000;

/** The health endpoints; what their checks find also shows in the metrics, beside the checks of the app itself. */
export function createHealthPart(context: HealthContext): Part {
  const { config, settings, metrics } = context;
  const log = context.log.child('health');
  const storage = createStorage(config.storage, STORAGE_OPTIONS);
  const observe = observeQuayServices(metrics);
  const rechecks = createRechecks({
    pauseMs: RECHECK_MS,
    run: (failed) => void health.checks.find(({ name }) => name === failed)?.run(),
  });
  const health = createHealth({
    config,
    settings,
    auth: createAuthCheck(config),
    storage: createStorageCheck(storage),
    preferredStorage: createPreferredStorageCheck(storage),
    createRdsStatus: (parameters) =>
      createRdsStatus(parameters, {
        endpoint: settings.rdsEndpointUrl,
        onFailure: (why) => {
          log.warning('RDS tells no status of the database', { why });
        },
      }),
    observer: context.observeListener('health'),
    onChecked: (name, healthy, seconds) => {
      observe(name, healthy, seconds);
      rechecks.checked(name, healthy);
    },
    log,
  });
  context.onConfigReload((changed) => {
    health.setDebugSecret(changed.health.debugSecret);
  });
  return {
    listen: () => health.listen(),
    close: async () => {
      rechecks.close();
      await health.close();
      await storage.close();
    },
  };
}
