import { defineApp } from '@quay-observability/service';
import { apiHealthSettings } from './config.ts';
import { createAuthCheck } from './health/auth/create-auth-check.ts';
import { createHealth } from './health/create-health.ts';
import { createRdsStatus } from './health/rds-status.ts';
import { createPreferredStorageCheck, createStorageCheck } from './health/storage-check.ts';

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
    const health = createHealth({
      config,
      settings,
      auth: createAuthCheck(config),
      storage: createStorageCheck(config.storage),
      preferredStorage: createPreferredStorageCheck(config.storage),
      createRdsStatus,
      observer: context.observeListener('health'),
      log: log.child('health'),
    });
    context.onConfigReload((changed) => {
      health.setDebugSecret(changed.health.debugSecret);
    });
    return {
      start: () => health.listen(),
      stop: () => health.close(),
      waitsFor: 'the gateway for /api and the secscan gateway arrive with milestone M3; Python serves them.',
    };
  },
});
