import { defineApp, ownedWorkers } from '@quay-observability/service';

/** The app as `runService` runs it. */
export const pullmetricsWorker = defineApp({
  app: 'pullmetrics-worker',
  adminPort: 9106,
  settings: {},
  compose: ({ log, metrics, addReadinessCheck, connectDatabase, connectRedis, followOwnerSwitches }) => {
    connectDatabase({ required: true });
    connectRedis('pullMetrics', { required: true });
    return ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs: [
        { program: 'PULLSTATSREDISFLUSHWORKER', missing: 'flushing pulls arrives with milestone M4' },
      ],
    });
  },
});
