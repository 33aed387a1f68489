import type { Database } from '@quay-observability/database';
import { createJobs, jobsDashboard, jobSettings } from '@quay-observability/jobs';
import { createGlobalLocks, type RedisConnection } from '@quay-observability/redis';
import {
  defineApp,
  ownedWorkers,
  withProtectedListener,
  type AppContext,
  type OwnedWork,
} from '@quay-observability/service';
import { createCountOnce } from './count-once.ts';
import { createGlobalStatistics, PROGRAM } from './global-statistics.ts';
import { createRowGauges } from './row-gauges.ts';

const settings = { ...jobSettings(9115) };

type Context = AppContext<'globalstats-worker', typeof settings>;

/** Enough for a Redis that is there. */
const CONNECT_MS = 2000;

/** The app as `runService` runs it. */
export const globalstatsWorker = defineApp({
  app: 'globalstats-worker',
  adminPort: 9105,
  settings,
  compose: (context) => {
    const { log, metrics, addReadinessCheck, connectDatabase, connectRedis } = context;
    const { followOwnerSwitches, observeListener } = context;
    const database = connectDatabase({ required: true });
    const redis = connectRedis('userEvents', { required: true });
    const app = ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs: [
        database === undefined
          ? { program: PROGRAM, missing: 'there is no database to count in' }
          : { program: PROGRAM, work: composeWork(context, database, redis) },
      ],
    });
    const dashboard = jobsDashboard({ settings: context.settings, programs: [PROGRAM], redis });
    return dashboard === undefined
      ? app
      : withProtectedListener(app, { ...dashboard, observer: observeListener('jobs'), log });
  },
});

function composeWork(
  { config, log, metrics, settings }: Context,
  database: Database,
  redis: RedisConnection,
): OwnedWork {
  const gauges = createRowGauges(metrics);
  const locks = createGlobalLocks(redis);
  // So that of a lock that is not given back it can be said whose it is.
  log.info('Tokens of the locks that this process takes in Redis begin with its holder id.', {
    holder: locks.holder,
  });
  const work = createGlobalStatistics({
    locks,
    jobs: createJobs({ redis, log: log.child('jobs'), metrics, prefix: settings.jobsRedisPrefix }),
    countOnce: createCountOnce({ database, metrics, gauges, log }),
    gauges,
    log,
    intervalMs: config.globalStatistics.intervalSeconds * 1000,
  });
  return {
    ...work,
    start: async () => {
      // At the start of the process the connection is still being made; the first look would fail.
      await redis.whenReady(CONNECT_MS).catch(() => undefined);
      await work.start();
    },
  };
}
