import { jobsDashboard } from '@quay-observability/jobs';
import type { QuayConfig } from '@quay-observability/quay-config';
import {
  defineApp,
  ownedWorkers,
  withProtectedListener,
  type ComposedApp,
} from '@quay-observability/service';
import { composeFlusher, PROGRAM } from './compose-flusher.ts';
import { flushSettings } from './config.ts';

/** Two transactions, and a commit of its own beside them. */
const LEAST_CONNECTIONS = 3;

/** With fewer a flush would wait for the connection that it holds, every time and for ever. */
function tooFewConnections({ database }: QuayConfig): string | undefined {
  const most = Number(database.primary?.connectionArgs.max_connections);
  return most >= 1 && most < LEAST_CONNECTIONS
    ? `max_connections of DB_CONNECTION_ARGS is ${most}, and a flush needs ${LEAST_CONNECTIONS}`
    : undefined;
}

/** The app as `runService` runs it. */
export const pullmetricsWorker = defineApp({
  app: 'pullmetrics-worker',
  adminPort: 9106,
  settings: flushSettings,
  compose: (context) => {
    const { config, settings, log, metrics, addReadinessCheck, connectDatabase, connectRedis } = context;
    const { followOwnerSwitches, observeListener } = context;
    const database = connectDatabase({ required: true });
    const redis = connectRedis('pullMetrics', { required: true });
    const flusher =
      database === undefined || tooFewConnections(config) !== undefined
        ? undefined
        : composeFlusher(context, database, redis);
    const workers = ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs: [
        flusher === undefined
          ? { program: PROGRAM, missing: tooFewConnections(config) ?? 'there is no database to flush to' }
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
