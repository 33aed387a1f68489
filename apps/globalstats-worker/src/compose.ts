import type { Database } from '@quay-observability/database';
import { createGlobalLocks, type RedisConnection } from '@quay-observability/redis';
import { defineApp, ownedWorkers, type AppContext, type OwnedWork } from '@quay-observability/service';
import { createCountOnce } from './count-once.ts';
import { createGlobalStatistics } from './global-statistics.ts';
import { createRowGauges } from './row-gauges.ts';

type Context = AppContext<'globalstats-worker', Record<never, never>>;

const PROGRAM = 'GLOBALPROMSTATS';

/** The app as `runService` runs it. */
export const globalstatsWorker = defineApp({
  app: 'globalstats-worker',
  adminPort: 9105,
  settings: {},
  compose: (context) => {
    const { log, metrics, addReadinessCheck, connectDatabase, connectRedis, followOwnerSwitches } = context;
    const database = connectDatabase({ required: true });
    const redis = connectRedis('userEvents', { required: true });
    return ownedWorkers({
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
  },
});

function composeWork(
  { config, log, metrics }: Context,
  database: Database,
  redis: RedisConnection,
): OwnedWork {
  const gauges = createRowGauges(metrics);
  return createGlobalStatistics({
    locks: createGlobalLocks(redis),
    countOnce: createCountOnce({ database, metrics, gauges, log }),
    gauges,
    log,
    intervalMs: config.globalStatistics.intervalSeconds * 1000,
  });
}
