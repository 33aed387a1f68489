import type { Database } from '@quay-observability/database';
import {
  createGateway,
  createUpstream,
  createUpstreamHealth,
  type Gateway,
} from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import { startHttpSpan } from '@quay-observability/tracing';
import { createBlobSizeCache } from './blob-size-cache.ts';
import { createDatabaseSource, upstreamSource } from './blob-size-sources.ts';
import { createBlobSizes } from './blob-sizes.ts';
import type { RegistrySettings } from './config.ts';
import { bindRegistryMetrics, cacheObserver } from './metrics.ts';
import { RegistryExchange, type ExchangeObservers } from './registry-exchange.ts';
import { createUpstreamErrorLog } from './upstream-error-log.ts';

export type RegistryGatewayOptions = {
  settings: RegistrySettings;
  /** Namespace -> label value, of `TRACKED_NAMESPACES`. */
  namespaceBuckets: ReadonlyMap<string, string>;
  metrics: Metrics<'registry-metrics'>;
  log: Logger;
  /** Knows the sizes of blobs; the gateway works without it. */
  database: Database | undefined;
  requestArrived: ExchangeObservers['requestArrived'];
  /** Instead of the process's tracing. */
  startSpan?: ExchangeObservers['startSpan'];
};

/** The registry gateway, complete. */
export type RegistryGateway = {
  listen: () => Promise<void>;
  url: Gateway['url'];
  /** Resolves if the registry answers; otherwise rejects with what is wrong. */
  checkUpstream: () => Promise<void>;
  /** Takes no more requests, finishes those under way and what they still count. */
  close: () => Promise<void>;
};

const CONTINUE_TIMEOUT_MS = 1000;
const DISCARD_TIMEOUT_MS = 30_000;
/** For the look-ups that are left at shutdown. */
const LOOK_UP_DRAIN_MS = 5000;
// Below the time limit of a readiness check.
const HEALTH = { path: '/v2/', timeoutMs: 1800, cacheMs: 1000 };

/** Composes gateway, upstream and what is counted. Nothing is opened before `listen`. */
export function createRegistryGateway(options: RegistryGatewayOptions): RegistryGateway {
  const { settings, database, log } = options;
  const metrics = bindRegistryMetrics(options.metrics);
  const upstream = createUpstream({
    name: 'registry',
    url: settings.upstreamUrl,
    maxConnections: settings.maxConcurrentRequests,
    connectTimeoutMs: settings.upstreamConnectSeconds * 1000,
    headersTimeoutMs: settings.upstreamHeadSeconds * 1000,
    bodyTimeoutMs: settings.upstreamBodySeconds * 1000,
    uploadTimeoutMs: settings.upstreamUploadSeconds * 1000,
    keepAliveMs: settings.upstreamKeepAliveSeconds * 1000,
    maxHeaderBytes: settings.maxHeaderBytes,
  });
  const health = createUpstreamHealth({ ...HEALTH, url: settings.upstreamUrl });
  const blobSizes = createBlobSizes(createBlobSizeCache(settings.blobSizeCacheEntries), {
    ...cacheObserver(metrics),
    failed: (source, error) => {
      log.debug('The size of a blob could not be looked up.', { source, error });
    },
  });
  const databaseSource = database === undefined ? undefined : createDatabaseSource(database);
  const errorLog = createUpstreamErrorLog(log);
  const observers: ExchangeObservers = {
    metrics,
    namespaceBuckets: options.namespaceBuckets,
    blobSizes,
    blobSizeSources: (digest, request, traceHeaders) => [
      ...(databaseSource === undefined ? [] : [databaseSource(digest)]),
      upstreamSource(upstream, request, traceHeaders),
    ],
    startSpan: options.startSpan ?? startHttpSpan,
    requestArrived: options.requestArrived,
    upstreamFailed: errorLog.failed,
  };
  const gateway = createGateway({
    limits: {
      maxTargetLength: settings.maxTargetLength,
      maxHeaderCount: settings.maxHeaderCount,
      maxHeaderBytes: settings.maxHeaderBytes,
      maxConcurrentRequests: settings.maxConcurrentRequests,
      maxConnections: settings.maxConnections,
      headersTimeoutMs: settings.clientHeadSeconds * 1000,
      requestTimeoutMs: settings.clientRequestSeconds * 1000,
      clientIdleTimeoutMs: settings.clientIdleSeconds * 1000,
      keepAliveMs: settings.clientKeepAliveSeconds * 1000,
      continueTimeoutMs: CONTINUE_TIMEOUT_MS,
      discardTimeoutMs: DISCARD_TIMEOUT_MS,
    },
    trustForwarded: settings.trustForwarded,
    startExchange: (request) => new RegistryExchange(request, upstream, observers),
    onRefused: ({ method, status, message }) => {
      options.requestArrived(method ?? '')(status);
      log.debug('A request was refused.', { method, status, reason: message });
    },
    onProblem: (message, error) => {
      log.error(message, { error });
    },
  });
  return {
    listen: () =>
      gateway.listen({
        host: settings.listenHost,
        port: settings.listenPort,
        settings: { host: 'LISTEN_HOST', port: 'LISTEN_PORT' },
      }),
    url: gateway.url,
    checkUpstream: async () => {
      const { up, message } = await health.check();
      if (!up) throw new Error(`the registry at ${settings.upstreamUrl}: ${message}`);
    },
    close: async () => {
      await gateway.close();
      await blobSizes.drained(LOOK_UP_DRAIN_MS);
      await upstream.close();
      errorLog.close();
    },
  };
}
