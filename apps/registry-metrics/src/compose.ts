import { defineApp, type AppContext } from '@quay-observability/service';
import { registrySettings } from './config.ts';
import { createRegistryGateway, type RouteBy } from './create-registry-gateway.ts';
import { registryLabelValues } from './metrics.ts';

/** The app as `runService` runs it. */
export const registryMetrics = defineApp({
  app: 'registry-metrics',
  adminPort: 9102,
  settings: registrySettings,
  knownLabelValues: ({ trackedNamespaces }) => registryLabelValues(trackedNamespaces),
  httpWorkers: ({ httpWorkers }) => httpWorkers,
  compose: (context) => {
    const { config, settings, log, metrics, publicHttp, addReadinessCheck, connectDatabase } = context;
    const routeBy = routeByOf(context);
    const gateway = createRegistryGateway({
      settings,
      namespaceBuckets: config.trackedNamespaces,
      metrics,
      log: log.child('gateway'),
      database: connectDatabase({ required: false }),
      routeBy,
      requestArrived: (method) => publicHttp.arrived(method),
    });
    for (const { owner, check } of gateway.upstreamChecks) {
      // A rollback repairs the loss of the new runtime, and has to find the gateway in service
      // (docs/decisions/readiness-of-the-gateway.md).
      const required = routeBy === undefined || owner === 'python';
      addReadinessCheck({
        name: routeBy === undefined ? 'registry' : `registry (${owner})`,
        required,
        check,
      });
    }
    return { start: gateway.listen, stop: gateway.close, publicUrl: gateway.url };
  },
});

function routeByOf({
  config,
  settings,
  log,
  followOwnerSwitches,
  connectRedis,
}: AppContext<'registry-metrics', typeof registrySettings>): RouteBy | undefined {
  // Followed in any case: a change counts as propagated once every process has it.
  const switches = followOwnerSwitches();
  if (settings.pythonUpstreamUrl === undefined) {
    log.warning(
      'Nothing is routed: REGISTRY_PYTHON_UPSTREAM_URL is not set. Every request goes to REGISTRY_UPSTREAM_URL and is counted, whatever the owner switches say.',
    );
    return undefined;
  }
  return {
    switches,
    library: config.library,
    pythonUrl: settings.pythonUpstreamUrl,
    redis: connectRedis('userEvents', { required: false }),
  };
}
