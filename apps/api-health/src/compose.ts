import { defineApp, idleApp, type AppContext } from '@quay-observability/service';
import { apiHealthSettings } from './config.ts';
import { composeSecscan } from './secscan/compose-secscan.ts';

/** Of this app. */
export type ApiHealthContext = AppContext<'api-health', typeof apiHealthSettings>;

/** The app as `runService` runs it. */
export const apiHealth = defineApp({
  app: 'api-health',
  adminPort: 9103,
  settings: apiHealthSettings,
  compose: (context) => {
    const database = context.connectDatabase({ required: true });
    context.connectRedis('buildLogs', { required: true });
    const switches = context.followOwnerSwitches();
    const secscan = composeSecscan(context, { database, switches });
    const idle = idleApp(
      'the health endpoints and the gateway for /api arrive with milestone M3; Python serves them.',
    );
    return {
      ...idle,
      start: async () => {
        await secscan?.listen();
      },
      stop: async () => {
        await secscan?.close();
      },
    };
  },
});
