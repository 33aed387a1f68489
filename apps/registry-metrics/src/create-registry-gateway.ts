import type { Database } from '@quay-observability/database';
import type { Gateway } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import {
  createOwnerGateway,
  createOwnerUpstream,
  upstreamChecks,
  type ArrivalObservers,
  type OwnerUpstream,
  type ServedBy,
  type UpstreamCheck,
} from '@quay-observability/owner-gateway';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { RedisConnection } from '@quay-observability/redis';
import { matchRoute } from '@quay-observability/registry-routes';
import { createDatabaseSource, upstreamSource } from './blob-size-sources.ts';
import { createBlobSizes } from './blob-sizes.ts';
import type { RegistrySettings } from './config.ts';
import { createLruCache } from './lru-cache.ts';
import { bindRegistryMetrics, cacheObserver, type RegistryMetrics } from './metrics.ts';
import { RequestRecorder, type RecorderObservers } from './request-recorder.ts';
import { createRouting, type Routing, type RoutingOptions } from './routing.ts';
import { createUploadPinLog } from './upload-pin-log.ts';
import { createUploadPins } from './upload-pins.ts';

export type RegistryGatewayOptions = {
  settings: RegistrySettings;
  namespaceLabels: RecorderObservers['recording']['namespaceLabels'];
  metrics: Metrics<'registry-metrics'>;
  log: Logger;
  /** Knows the sizes of blobs; the gateway works without it. */
  database: Database | undefined;
  /** By what requests are routed; without it all of them go to the new runtime. */
  routeBy: RouteBy | undefined;
  requestArrived: ArrivalObservers['requestArrived'];
  /** Where pulls are tracked that the new runtime serves; undefined where they are not. */
  pullTracking: RecorderObservers['pullTracking'];
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
  /** Whether the registries answer. */
  upstreamChecks: readonly UpstreamCheck[];
  /** Takes no more requests, finishes those under way and what they still count. */
  close: () => Promise<void>;
};

/** For the look-ups that are left at shutdown. */
const LOOK_UP_DRAIN_MS = 5000;
/** A replica that starts while uploads are under way should know their pins from the first request on. */
const REDIS_START_MS = 1000;

/** Composes gateway, upstreams, routing and what is counted. Nothing is opened before `listen`. */
export function createRegistryGateway(options: RegistryGatewayOptions): RegistryGateway {
  const { settings, log, routeBy } = options;
  const metrics = bindRegistryMetrics(options.metrics);
  const upstreamOf = (owner: RouteOwner, url: string): OwnerUpstream =>
    createOwnerUpstream({ owner, url, kind: 'registry', healthPath: '/v2/', settings, log });
  const go = upstreamOf('go', settings.upstreamUrl);
  const python = routeBy === undefined ? undefined : upstreamOf('python', routeBy.pythonUrl);
  const routing = routeBy === undefined ? undefined : createPinnedRouting(routeBy, options, metrics);
  const recorders = createRecorderObservers(options, metrics, go);
  const servedBy: ServedBy =
    python === undefined || routing === undefined ? { only: go } : { python, go, ownerOf: routing.ownerOf };
  const gateway = createOwnerGateway({
    settings,
    servedBy,
    matchRoute,
    metrics: options.metrics,
    log,
    requestArrived: options.requestArrived,
    startSpan: options.startSpan,
    counterOf: (request) => new RequestRecorder(request, recorders),
    answered: routing?.answered,
  });
  return {
    listen: async () => {
      await routeBy?.redis.whenReady(REDIS_START_MS).catch(() => undefined);
      await gateway.listen();
    },
    url: gateway.url,
    upstreamChecks: upstreamChecks(servedBy),
    close: async () => {
      await gateway.close();
      await recorders.blobSizes.drained(LOOK_UP_DRAIN_MS);
      await gateway.disconnect();
    },
  };
}

function createPinnedRouting(
  { redis, ...decideBy }: RouteBy,
  { settings, log }: RegistryGatewayOptions,
  metrics: RegistryMetrics,
): Routing {
  return createRouting({
    ...decideBy,
    pins: createUploadPins({
      redis,
      ttlSeconds: settings.uploadPinTtlSeconds,
      counted: (outcome) => {
        metrics.uploadPins.inc({ outcome });
      },
      onRedisChange: createUploadPinLog(log),
    }),
  });
}

/** `go` is asked for the sizes of blobs: only what the new runtime serves is measured. */
function createRecorderObservers(
  { settings, database, log, namespaceLabels, pullTracking }: RegistryGatewayOptions,
  metrics: RegistryMetrics,
  go: OwnerUpstream,
): RecorderObservers {
  const databaseSource = database === undefined ? undefined : createDatabaseSource(database);
  return {
    recording: { counters: metrics.registry, namespaceLabels },
    blobSizes: createBlobSizes(createLruCache<number>(settings.blobSizeCacheEntries), {
      ...cacheObserver(metrics),
      failed: (source, error) => {
        log.debug('The size of a blob could not be looked up.', { source, error });
      },
    }),
    pullTracking,
    blobSizeSources: (digest, request, traceHeaders) => [
      ...(databaseSource === undefined ? [] : [databaseSource(digest)]),
      upstreamSource(go.connections, request, traceHeaders),
    ],
  };
}
