import { defineApp, ownedWorkers } from '@quay-observability/service';
import { composeFlusher } from './compose-flusher.ts';
import { flushSettings } from './config.ts';

const PROGRAM = 'PULLSTATSREDISFLUSHWORKER';

/** The app as `runService` runs it. */
export const pullmetricsWorker = defineApp({
  app: 'pullmetrics-worker',
  adminPort: 9106,
  settings: flushSettings,
  compose: (context) => {
    const { log, metrics, addReadinessCheck, connectDatabase, connectRedis, followOwnerSwitches } = context;
    const database = connectDatabase({ required: true });
    const redis = connectRedis('pullMetrics', { required: true });
    const flusher = database === undefined ? undefined : composeFlusher(context, database, redis);
    const workers = ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs: [
        flusher === undefined
          ? { program: PROGRAM, missing: 'there is no database to flush to' }
          : { program: PROGRAM, work: flusher.work },
      ],
    });
    return {
      start: async () => {
        await workers.start();
        await flusher?.leftovers.start();
      },
      stop: async () => {
        await Promise.all([workers.stop(), flusher?.leftovers.stop()]);
      },
    };
  },
});
