import type { Database } from '@quay-observability/database';
import { createNamespaceLabels } from '@quay-observability/owner-gateway';
import type { PullTracking } from '@quay-observability/pull-tracking';
import type { RedisConnection } from '@quay-observability/redis';
import { registryLabelValues } from '@quay-observability/registry-counting';
import { defineApp, type AppContext } from '@quay-observability/service';
import { registrySettings } from './config.ts';
import { createRegistryGateway, type RouteBy } from './create-registry-gateway.ts';
import { createNotifications } from './notifications/create-notifications.ts';
import { takesNotifications } from './notifications/notification-settings.ts';
import { trackPulls } from './track-pulls.ts';

/** For the pulls that are not in Redis yet at shutdown. */
const PULL_DRAIN_MS = 5000;
/** Pulls are tried again after a second, so that the connection has to be, too. */
const PULL_REDIS_BACKOFF_MS = 1000;

/** The app as `runService` runs it. */
export const registryMetrics = defineApp({
  app: 'registry-metrics',
  adminPort: 9102,
  settings: registrySettings,
  knownLabelValues: () => registryLabelValues(),
  httpWorkers: ({ httpWorkers }) => httpWorkers,
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
    const database = connectDatabase({ required: false });
    const pullTracking = pullTrackingOf(context, database);
    const gateway = createRegistryGateway({
      settings,
      namespaceLabels,
      metrics,
      log: log.child('gateway'),
      database,
      routeBy,
      requestArrived: (method) => publicHttp.arrived(method),
      pullTracking: pullTracking && { track: pullTracking.track, library: config.library },
    });
    for (const check of gateway.upstreamChecks) addReadinessCheck(check);
    const notifications = takesNotifications(settings)
      ? createNotifications({
          settings,
          library: config.library,
          metrics,
          observer: context.observeListener('notifications'),
          redis: userEvents(),
          log: log.child('notifications'),
          ...(pullTracking && { trackPull: pullTracking.track }),
        })
      : undefined;
    return {
      start: async () => {
        await gateway.listen();
        await notifications?.listen();
      },
      stop: async () => {
        // Pulls are taken over as long as requests are served and events come in.
        await Promise.all([gateway.close(), notifications?.close()]);
        await pullTracking?.close(PULL_DRAIN_MS);
      },
      publicUrl: gateway.url,
    };
  },
});

/** Undefined where pulls are not to be tracked: then nothing is connected for it. */
function pullTrackingOf(
  { config, settings, log, metrics, connectRedis }: AppContext<'registry-metrics', typeof registrySettings>,
  database: Database | undefined,
): PullTracking | undefined {
  if (!config.pullStatistics.enabled) return undefined;
  const redis = connectRedis('pullMetrics', { required: false, maxBackoffMs: PULL_REDIS_BACKOFF_MS });
  return trackPulls({ config, settings, metrics, log: log.child('pulls'), redis, database });
}

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
