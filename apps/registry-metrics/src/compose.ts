import { defineApp } from '@quay-observability/service';
import { registrySettings } from './config.ts';
import { createRegistryGateway } from './create-registry-gateway.ts';
import { registryLabelValues } from './metrics.ts';

/** The app as `runService` runs it. */
export const registryMetrics = defineApp({
  app: 'registry-metrics',
  adminPort: 9102,
  settings: registrySettings,
  knownLabelValues: ({ trackedNamespaces }) => registryLabelValues(trackedNamespaces),
  compose: ({ config, settings, log, metrics, publicHttp, addReadinessCheck, connectDatabase }) => {
    const gateway = createRegistryGateway({
      settings,
      namespaceBuckets: config.trackedNamespaces,
      metrics,
      log: log.child('gateway'),
      database: connectDatabase({ required: false }),
      requestArrived: (method) => publicHttp.arrived(method),
    });
    addReadinessCheck({ name: 'registry', required: true, check: gateway.checkUpstream });
    return { start: gateway.listen, stop: gateway.close, publicUrl: gateway.url };
  },
});
