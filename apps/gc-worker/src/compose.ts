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

/** A removal that is called off may still happen: better to wait for the answer of a slow storage. */
const STORAGE_LIMIT_MS = 15_000;

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
    const storage = createStorage(config.storage, { timeoutMs: STORAGE_LIMIT_MS });
    const locks = createGlobalLocks(redis);
    // So that of a lock that is not given back it can be said whose it is.
    log.info('Tokens of the locks that this process takes in Redis begin with its holder id.', {
      holder: locks.holder,
    });
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
              locks,
              jobs: createJobs({ redis, log: log.child('jobs'), metrics, prefix: settings.jobsRedisPrefix }),
              dryRun: settings.dryRun,
              queuePollSeconds: settings.queuePollSeconds,
              doubtMs: settings.removalDoubtSeconds * 1000,
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
