import { defineApp, idleApp } from '@quay-observability/service';

/** The app as `runService` runs it. */
export const gcWorker = defineApp({
  app: 'gc-worker',
  adminPort: 9104,
  settings: {},
  compose: ({ connectDatabase, connectRedis }) => {
    connectDatabase({ required: true });
    connectRedis('userEvents', { required: true });
    return idleApp('garbage collection belongs to Python until milestone M4; nothing is deleted.');
  },
});
