import { createGlobalLocks } from '@quay-observability/redis';
import { defineApp, ownedWorkers, type OwnedProgram } from '@quay-observability/service';
import { createStorage } from '@quay-observability/storage';
import { composePrograms } from './compose-programs.ts';
import { storageOf } from './programs/storage-of.ts';
import { gcSettings } from './settings.ts';

const PROGRAMS = ['GCWORKER', 'REPOSITORYGCWORKER', 'NAMESPACEGCWORKER'] as const;

/** The app as `runService` runs it. */
export const gcWorker = defineApp({
  app: 'gc-worker',
  adminPort: 9104,
  settings: gcSettings,
  compose: (context) => {
    const {
      config,
      settings,
      log,
      metrics,
      addReadinessCheck,
      connectDatabase,
      connectRedis,
      followOwnerSwitches,
    } = context;
    const database = connectDatabase({ required: true });
    const locks = createGlobalLocks(connectRedis('userEvents', { required: true }));
    const storage = createStorage(config.storage);
    const missing = (why: string): OwnedProgram[] => PROGRAMS.map((program) => ({ program, missing: why }));
    const stores = storageOf(storage);
    const programs =
      database === undefined
        ? missing('there is no database to collect in')
        : typeof stores === 'string'
          ? missing(stores)
          : composePrograms({ config, database, locks, stores, metrics, log, dryRun: settings.dryRun });
    const app = ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs,
    });
    return {
      ...app,
      stop: async () => {
        await app.stop();
        await storage.close();
      },
    };
  },
});
