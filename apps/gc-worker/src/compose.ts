import { defineApp, ownedWorkers } from '@quay-observability/service';

const missing = 'garbage collection arrives with milestone M4';

/** The app as `runService` runs it. */
export const gcWorker = defineApp({
  app: 'gc-worker',
  adminPort: 9104,
  settings: {},
  compose: ({ log, metrics, addReadinessCheck, connectDatabase, connectRedis, followOwnerSwitches }) => {
    connectDatabase({ required: true });
    connectRedis('userEvents', { required: true });
    return ownedWorkers({
      switches: followOwnerSwitches(),
      log,
      metrics,
      addReadinessCheck,
      programs: [
        { program: 'GCWORKER', missing },
        { program: 'REPOSITORYGCWORKER', missing },
        { program: 'NAMESPACEGCWORKER', missing },
      ],
    });
  },
});
