import { defineApp, idleApp } from '@quay-observability/service';

/** The app as `runService` runs it. */
export const globalstatsWorker = defineApp({
  app: 'globalstats-worker',
  adminPort: 9105,
  settings: {},
  compose: ({ connectDatabase, connectRedis }) => {
    connectDatabase({ required: true });
    connectRedis('userEvents', { required: true });
    return idleApp(
      'global statistics are reported by Python until milestone M4; no row count is exposed here.',
    );
  },
});
