import { defineApp, idleApp } from '@quay-observability/service';

/** The app as `runService` runs it. */
export const switchController = defineApp({
  app: 'switch-controller',
  adminPort: 9101,
  settings: {},
  compose: ({ connectRedis }) => {
    // Redis will hold history and acknowledgements; snapshots are served without it.
    connectRedis('userEvents', { required: false });
    return idleApp('the owner switches arrive with milestone M1; until then every owner is python.');
  },
});
