import { jobsDashboard } from '@quay-observability/jobs';
import {
  defineApp,
  ownedWorkers,
  withProtectedListener,
  type ComposedApp,
} from '@quay-observability/service';
import { composeFlusher, PROGRAM } from './compose-flusher.ts';
import { flushSettings } from './config.ts';

/** The app as `runService` runs it. */
export const pullmetricsWorker = defineApp({
  app: 'pullmetrics-worker',
  adminPort: 9106,
  settings: flushSettings,
  compose: (context) => {
    const { settings, log, metrics, addReadinessCheck, connectDatabase, connectRedis } = context;
    const { followOwnerSwitches, observeListener } = context;
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
    const app: ComposedApp = {
      start: async () => {
        await workers.start();
        await flusher?.leftovers.start();
      },
      stop: async () => {
        await Promise.all([workers.stop(), flusher?.leftovers.stop()]);
      },
    };
    const dashboard = jobsDashboard({ settings, programs: [PROGRAM], redis });
    return dashboard === undefined
      ? app
      : withProtectedListener(app, { ...dashboard, observer: observeListener('jobs'), log });
  },
});
