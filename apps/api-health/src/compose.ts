import { defineApp } from '@quay-observability/service';
import { createStorage } from '@quay-observability/storage';
import { apiHealthSettings } from './config.ts';
import { createAuthCheck } from './health/auth/create-auth-check.ts';
import { createHealth } from './health/create-health.ts';
import { createRdsStatus } from './health/rds-status.ts';
import { createPreferredStorageCheck, createStorageCheck } from './health/storage-check.ts';

/** Three accesses make a check, which has 10 s; and it is asked whether new connections can be made. */
const STORAGE_OPTIONS = { timeoutMs: 3000, keepAlive: false };

/** The app as `runService` runs it. */
export const apiHealth = defineApp({
  app: 'api-health',
  adminPort: 9103,
  settings: apiHealthSettings,
  compose: (context) => {
    const { config, settings, log } = context;
    context.connectDatabase({ required: true });
    context.connectRedis('buildLogs', { required: true });
    context.followOwnerSwitches();
    const healthLog = log.child('health');
    const storage = createStorage(config.storage, STORAGE_OPTIONS);
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
            healthLog.warning('RDS tells no status of the database', { why });
          },
        }),
      observer: context.observeListener('health'),
      log: healthLog,
    });
    context.onConfigReload((changed) => {
      health.setDebugSecret(changed.health.debugSecret);
    });
    return {
      start: () => health.listen(),
      stop: async () => {
        await health.close();
        await storage.close();
      },
      waitsFor: 'the gateway for /api and the secscan gateway arrive with milestone M3; Python serves them.',
    };
  },
});
