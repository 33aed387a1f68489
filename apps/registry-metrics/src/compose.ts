import type { RedisConnection } from '@quay-observability/redis';
import { registryLabelValues } from '@quay-observability/registry-counting';
import { defineApp, type AppContext } from '@quay-observability/service';
import { registrySettings } from './config.ts';
import { createRegistryGateway, type RouteBy } from './create-registry-gateway.ts';
import { createNamespaceLabels } from './namespace-labels.ts';
import { createNotifications } from './notifications/create-notifications.ts';
import { takesNotifications } from './notifications/notification-settings.ts';

/** The app as `runService` runs it. */
export const registryMetrics = defineApp({
  app: 'registry-metrics',
  adminPort: 9102,
  settings: registrySettings,
  knownLabelValues: () => registryLabelValues(),
  compose: (context) => {
    const { config, settings, log, metrics, publicHttp, addReadinessCheck, connectDatabase } = context;
    const namespaceLabels = createNamespaceLabels({
      source: settings.namespaceLabel,
      library: config.library,
      maxBuckets: settings.maxNamespaceBuckets,
      metrics,
      log,
    });
    namespaceLabels.track(config.trackedNamespaces);
    context.onConfigReload(({ trackedNamespaces }) => {
      namespaceLabels.track(trackedNamespaces);
    });
    // Two parts may need it, and a context connects once to each Redis.
    let redis: RedisConnection | undefined;
    const userEvents = () => (redis ??= context.connectRedis('userEvents', { required: false }));
    const routeBy = routeByOf(context, userEvents);
    const gateway = createRegistryGateway({
      settings,
      namespaceLabels,
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
    const notifications = takesNotifications(settings)
      ? createNotifications({
          settings,
          library: config.library,
          metrics,
          observer: context.observeListener('notifications'),
          redis: userEvents(),
          log: log.child('notifications'),
        })
      : undefined;
    return {
      start: async () => {
        await gateway.listen();
        await notifications?.listen();
      },
      stop: async () => {
        await Promise.all([gateway.close(), notifications?.close()]);
      },
      publicUrl: gateway.url,
    };
  },
});

function routeByOf(
  { config, settings, log, followOwnerSwitches }: AppContext<'registry-metrics', typeof registrySettings>,
  userEvents: () => RedisConnection,
): RouteBy | undefined {
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
    redis: userEvents(),
  };
}
