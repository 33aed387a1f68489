import { defineApp, idleApp } from '@quay-observability/service';

/** The app as `runService` runs it. */
export const pullmetricsWorker = defineApp({
  app: 'pullmetrics-worker',
  adminPort: 9106,
  settings: {},
  compose: ({ connectDatabase, connectRedis }) => {
    connectDatabase({ required: true });
    connectRedis('pullMetrics', { required: true });
    return idleApp('pulls are flushed to the database by Python until milestone M4; no key is claimed.');
  },
});
