import { registryLabelValues } from '@quay-observability/registry-counting';
import { defineApp } from '@quay-observability/service';
import { createApiPart } from './api/create-api-part.ts';
import { apiHealthSettings } from './config.ts';
import { createHealthPart } from './health/create-health-part.ts';
import { composeParts } from './part.ts';
import { composeSecscan } from './secscan/compose-secscan.ts';

/** The app as `runService` runs it. */
export const apiHealth = defineApp({
  app: 'api-health',
  adminPort: 9103,
  settings: apiHealthSettings,
  knownLabelValues: () => registryLabelValues(new Map(), ['api']),
  httpWorkers: ({ httpWorkers }) => httpWorkers,
  compose: (context) => {
    // Not required: the API goes on without them, and the health endpoints have to tell that they are away.
    const database = context.connectDatabase({ required: false });
    context.connectRedis('buildLogs', { required: false });
    const switches = context.followOwnerSwitches();
    const api = createApiPart(context, switches);
    const health = createHealthPart(context);
    const secscan = composeSecscan(context, { database, switches });
    return {
      ...composeParts([api, health, secscan]),
      ...(api === undefined ? {} : { publicUrl: api.url }),
    };
  },
});
