import { registryLabelValues } from '@quay-observability/registry-counting';
import { defineApp } from '@quay-observability/service';
import { createApiPart } from './api/create-api-part.ts';
import { apiHealthSettings } from './config.ts';
import { composeParts } from './part.ts';

/** The app as `runService` runs it. */
export const apiHealth = defineApp({
  app: 'api-health',
  adminPort: 9103,
  settings: apiHealthSettings,
  knownLabelValues: () => registryLabelValues(new Map(), ['api']),
  httpWorkers: ({ httpWorkers }) => httpWorkers,
  compose: (context) => {
    // Not required: the API goes on without them, and the health endpoints have to tell that they are away.
    context.connectDatabase({ required: false });
    context.connectRedis('buildLogs', { required: false });
    const switches = context.followOwnerSwitches();
    const api = createApiPart(context, switches);
    return {
      ...composeParts([api]),
      ...(api === undefined ? {} : { publicUrl: api.url }),
    };
  },
});
