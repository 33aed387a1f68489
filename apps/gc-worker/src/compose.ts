import { createJobs, jobsDashboard } from '@quay-observability/jobs';
import { createGlobalLocks } from '@quay-observability/redis';
import {
  defineApp,
  ownedWorkers,
  withProtectedListener,
  type ComposedApp,
  type OwnedProgram,
} from '@quay-observability/service';
import { createStorage } from '@quay-observability/storage';
import { composePrograms } from './compose-programs.ts';
import { restingStores } from './programs/resting-stores.ts';
import { storageOf } from './programs/storage-of.ts';
import { gcSettings } from './settings.ts';

const PROGRAMS = ['GCWORKER', 'REPOSITORYGCWORKER', 'NAMESPACEGCWORKER'] as const;

/** The app as `runService` runs it. */
export const gcWorker = defineApp({
  app: 'gc-worker',
  adminPort: 9104,
  settings: gcSettings,
  compose: (context) => {
    const { config, settings, log, metrics, addReadinessCheck, connectDatabase, connectRedis } = context;
    const { followOwnerSwitches, observeListener } = context;
    const database = connectDatabase({ required: true });
    const redis = connectRedis('userEvents', { required: true });
    const storage = createStorage(config.storage);
    const missing = (why: string): OwnedProgram[] => PROGRAMS.map((program) => ({ program, missing: why }));
    const usable = storageOf(storage);
    const resting = typeof usable === 'string' ? usable : restingStores(usable, log);
    if (typeof resting !== 'string')
      addReadinessCheck({ name: 'storage locations', required: false, check: resting.check });
    const programs =
      database === undefined
        ? missing('there is no database to collect in')
        : typeof resting === 'string'
          ? missing(resting)
          : composePrograms({
              ...{ config, database, stores: resting.stores, metrics, log },
              locks: createGlobalLocks(redis),
              jobs: createJobs({ redis, log: log.child('jobs'), metrics, prefix: settings.jobsRedisPrefix }),
              dryRun: settings.dryRun,
              queuePollSeconds: settings.queuePollSeconds,
            });
    const workers = ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs,
    });
    const app: ComposedApp = {
      ...workers,
      stop: async () => {
        await workers.stop();
        await storage.close();
      },
    };
    const dashboard = jobsDashboard({ settings, programs: PROGRAMS, redis });
    return dashboard === undefined
      ? app
      : withProtectedListener(app, { ...dashboard, observer: observeListener('jobs'), log });
  },
});
