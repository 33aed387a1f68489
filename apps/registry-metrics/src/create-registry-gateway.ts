import type { Database } from '@quay-observability/database';
import { createGateway, type Gateway } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { RedisConnection } from '@quay-observability/redis';
import { startHttpSpan } from '@quay-observability/tracing';
import { createDatabaseSource, upstreamSource } from './blob-size-sources.ts';
import { createBlobSizes } from './blob-sizes.ts';
import type { RegistrySettings } from './config.ts';
import { gatewayLimits } from './gateway-limits.ts';
import { createLruCache } from './lru-cache.ts';
import { bindRegistryMetrics, cacheObserver } from './metrics.ts';
import type { ExchangeObservers } from './registry-exchange.ts';
import { createRegistryUpstream, type RegistryUpstream } from './registry-upstream.ts';
import { createRouting, type RoutingOptions } from './routing.ts';
import { createStartExchange, type ArrivalObservers } from './start-exchange.ts';
import { createUploadPinLog } from './upload-pin-log.ts';
import { createUploadPins } from './upload-pins.ts';

export type RegistryGatewayOptions = {
  settings: RegistrySettings;
  namespaceLabels: ExchangeObservers['recording']['namespaceLabels'];
  metrics: Metrics<'registry-metrics'>;
  log: Logger;
  /** Knows the sizes of blobs; the gateway works without it. */
  database: Database | undefined;
  /** By what requests are routed; without it all of them go to the new runtime. */
  routeBy: RouteBy | undefined;
  requestArrived: ArrivalObservers['requestArrived'];
  /** Where pulls are tracked that the new runtime serves; undefined where they are not. */
  pullTracking: ExchangeObservers['pullTracking'];
  /** Instead of the process's tracing. */
  startSpan?: ArrivalObservers['startSpan'];
};

export type RouteBy = Pick<RoutingOptions, 'switches' | 'library'> & {
  /** Origin of the registry of Python. */
  pythonUrl: string;
  /** Shares the pins of uploads with the other replicas; the gateway works without it. */
  redis: RedisConnection;
};

/** The registry gateway, complete. */
export type RegistryGateway = {
  listen: () => Promise<void>;
  url: Gateway['url'];
  /** One check for each upstream: resolves if the registry answers; otherwise rejects with what is wrong. */
  upstreamChecks: readonly { readonly owner: RouteOwner; readonly check: () => Promise<void> }[];
  /** Takes no more requests, finishes those under way and what they still count. */
  close: () => Promise<void>;
};

/** For the look-ups that are left at shutdown. */
const LOOK_UP_DRAIN_MS = 5000;
/** A replica that starts while uploads are under way should know their pins from the first request on. */
const REDIS_START_MS = 1000;

/** Composes gateway, upstreams, routing and what is counted. Nothing is opened before `listen`. */
export function createRegistryGateway(options: RegistryGatewayOptions): RegistryGateway {
  const { settings, database, log, routeBy } = options;
  const upstreamOf = (owner: RouteOwner, url: string): RegistryUpstream =>
    createRegistryUpstream(owner, url, settings, log);
  const goUpstream = upstreamOf('go', settings.upstreamUrl);
  const pythonUpstream = routeBy === undefined ? undefined : upstreamOf('python', routeBy.pythonUrl);
  const upstreams = pythonUpstream === undefined ? [goUpstream] : [pythonUpstream, goUpstream];
  const metrics = bindRegistryMetrics(
    options.metrics,
    upstreams.map(({ owner }) => owner),
  );
  const routing =
    routeBy === undefined
      ? undefined
      : createRouting({
          ...routeBy,
          pins: createUploadPins({
            redis: routeBy.redis,
            ttlSeconds: settings.uploadPinTtlSeconds,
            counted: (outcome) => {
              metrics.uploadPins.inc({ outcome });
            },
            onRedisChange: createUploadPinLog(log),
          }),
        });
  const blobSizes = createBlobSizes(createLruCache<number>(settings.blobSizeCacheEntries), {
    ...cacheObserver(metrics),
    failed: (source, error) => {
      log.debug('The size of a blob could not be looked up.', { source, error });
    },
  });
  const databaseSource = database === undefined ? undefined : createDatabaseSource(database);
  const exchanges: ExchangeObservers = {
    metrics,
    routing,
    recording: { counters: metrics.registry, namespaceLabels: options.namespaceLabels },
    blobSizes,
    pullTracking: options.pullTracking,
    // Only what the new runtime serves is measured, so it is the one to ask.
    blobSizeSources: (digest, request, traceHeaders) => [
      ...(databaseSource === undefined ? [] : [databaseSource(digest)]),
      upstreamSource(goUpstream.connections, request, traceHeaders),
    ],
  };
  const gateway = createGateway({
    limits: gatewayLimits(settings),
    trustForwarded: settings.trustForwarded,
    fastPath: settings.fastPath,
    startExchange: createStartExchange({
      arrivals: { requestArrived: options.requestArrived, startSpan: options.startSpan ?? startHttpSpan },
      exchanges,
      goUpstream,
      toPython:
        routing === undefined || pythonUpstream === undefined
          ? undefined
          : { routing, upstream: pythonUpstream },
    }),
    onRefused: ({ method, status, message }) => {
      options.requestArrived(method ?? '')(status);
      log.debug('A request was refused.', { method, status, reason: message });
    },
    onProblem: (message, error) => {
      log.error(message, { error });
    },
  });
  return {
    listen: async () => {
      await routeBy?.redis.whenReady(REDIS_START_MS).catch(() => undefined);
      await gateway.listen({
        host: settings.listenHost,
        port: settings.listenPort,
        settings: { host: 'LISTEN_HOST', port: 'LISTEN_PORT' },
      });
    },
    url: gateway.url,
    upstreamChecks: upstreams,
    close: async () => {
      await gateway.close();
      await blobSizes.drained(LOOK_UP_DRAIN_MS);
      await Promise.all(upstreams.map(({ close }) => close()));
    },
  };
}
