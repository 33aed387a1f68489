import { defineApp, idleApp } from '@quay-observability/service';

/** The app as `runService` runs it. */
export const apiHealth = defineApp({
  app: 'api-health',
  adminPort: 9103,
  settings: {},
  compose: ({ connectDatabase, connectRedis, followOwnerSwitches }) => {
    connectDatabase({ required: true });
    connectRedis('buildLogs', { required: true });
    followOwnerSwitches();
    return idleApp(
      'the health endpoints, the gateway for /api and the secscan gateway arrive with milestone M3; Python serves them.',
    );
  },
});
