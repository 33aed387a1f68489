import type { Database } from '@quay-observability/database';
import {
  createGateway,
  createUpstream,
  createUpstreamHealth,
  type Gateway,
} from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import type { RedisConnection } from '@quay-observability/redis';
import { leaveUntraced, startHttpSpan } from '@quay-observability/tracing';
import { createAuthorizeCall } from './authorize-call.ts';
import { clairErrorForm } from './clair-error-form.ts';
import { createIndexRecorder } from './index-recorder.ts';
import { createLookupQueue } from './lookup-queue.ts';
import { createQuietLog, describeFailure } from './quiet-log.ts';
import { createResultClaims } from './result-claims.ts';
import { bindSecscanMetrics } from './secscan-metrics.ts';
import type { SecscanPlan, SecscanSettings } from './secscan-settings.ts';
import { createStartSecscanExchange, type StartSecscanExchangeOptions } from './start-secscan-exchange.ts';

export type SecscanGatewayOptions = Pick<StartSecscanExchangeOptions, 'switches' | 'requestArrived'> & {
  plan: SecscanPlan;
  settings: SecscanSettings;
  /** As for the gateway for `/api`: `GATEWAY_FAST_PATH`. */
  fastPath: boolean;
  metrics: Metrics<'api-health'>;
  log: Logger;
  /** Knows layers and manifests; without it their metrics are not filled. */
  database: Database | undefined;
  /** Where the replicas agree on who counts a result. */
  redis: Pick<RedisConnection, 'client'>;
  /** Instead of the process's tracing. */
  startSpan?: StartSecscanExchangeOptions['startSpan'];
};

/** The gateway to Clair, complete. */
export type SecscanGateway = {
  listen: () => Promise<void>;
  url: Gateway['url'];
  /** Resolves if Clair answers; otherwise rejects with what is wrong. */
  check: () => Promise<void>;
  /** Takes no more calls, finishes those under way and what they still count. */
  close: () => Promise<void>;
};

/** For the look-ups and claims that are left at shutdown. */
const DRAIN_MS = 5000;
/** Connections of the pool are shared with the rest of the app. */
const LOOKUPS_AT_ONCE = 4;
const CLAIMS_AT_ONCE = 32;
/** For the head of a call to arrive, and for all of it: a submission has some kilobytes. */
const REQUEST_HEAD_MS = 30_000;
const REQUEST_MS = 120_000;
const KEEP_ALIVE_MS = 75_000;
const UPSTREAM_KEEP_ALIVE_MS = 5000;
const HEADS = { maxHeaderBytes: 65_536, maxHeaderCount: 200, maxTargetLength: 8192 };
// Without a token Clair answers 401, which says that it is there. Below the time limit of a readiness check.
const HEALTH = { path: '/indexer/api/v1/index_state', timeoutMs: 1800, cacheMs: 1000 };

/** Composes listener, upstream and what is counted. Nothing is opened before `listen`. */
export function createSecscanGateway(options: SecscanGatewayOptions): SecscanGateway {
  const { plan, settings, fastPath, log, database } = options;
  const metrics = bindSecscanMetrics(options.metrics);
  const clair = createUpstream({
    name: 'clair',
    url: plan.upstreamUrl,
    maxConnections: settings.secscanMaxRequests,
    connectTimeoutMs: settings.secscanConnectSeconds * 1000,
    headersTimeoutMs: settings.secscanAnswerSeconds * 1000,
    bodyTimeoutMs: settings.secscanBodySeconds * 1000,
    uploadTimeoutMs: settings.secscanAnswerSeconds * 1000,
    keepAliveMs: UPSTREAM_KEEP_ALIVE_MS,
    maxHeaderBytes: HEADS.maxHeaderBytes,
    fastPath,
  });
  const health = createUpstreamHealth({ ...HEALTH, url: plan.upstreamUrl });
  const failedCalls = createQuietLog(log, 'More calls failed because of Clair.');
  const failedLookups = createQuietLog(log, 'More could not be looked up or claimed.');
  const recorder = createIndexRecorder({
    database,
    claims: createResultClaims({ redis: options.redis, rememberSeconds: settings.secscanRememberSeconds }),
    rememberMs: settings.secscanRememberSeconds * 1000,
    lookups: createLookupQueue({
      maxSize: settings.secscanQueueSize,
      concurrency: LOOKUPS_AT_ONCE,
      onLength: (length) => {
        metrics.queueLength.set({}, length);
      },
    }),
    claiming: createLookupQueue({
      maxSize: settings.secscanQueueSize,
      concurrency: CLAIMS_AT_ONCE,
      onLength: () => undefined,
    }),
    observer: {
      layerSize: (bytes) => {
        metrics.layerSize.observe({}, bytes);
      },
      layers: (outcome, layers) => {
        metrics.layers.inc({ outcome }, layers);
      },
      resultDuration: (seconds) => {
        metrics.resultDuration.observe({}, seconds);
      },
      result: (outcome) => {
        metrics.results.inc({ outcome });
      },
      lookedUp: (seconds) => {
        metrics.lookupDuration.observe({}, seconds);
      },
      failed: (what, error) => {
        failedLookups.log('What is indexed could not be measured.', { what, error });
      },
    },
  });
  const gateway = createGateway({
    limits: {
      ...HEADS,
      maxConcurrentRequests: settings.secscanMaxRequests,
      maxConnections: settings.secscanMaxRequests * 4,
      headersTimeoutMs: REQUEST_HEAD_MS,
      requestTimeoutMs: REQUEST_MS,
      clientIdleTimeoutMs: settings.secscanBodySeconds * 1000,
      keepAliveMs: KEEP_ALIVE_MS,
      continueTimeoutMs: 1000,
      discardTimeoutMs: 30_000,
    },
    trustForwarded: false,
    fastPath,
    // Its spans are made by hand.
    onServer: leaveUntraced,
    errorForm: clairErrorForm,
    startExchange: createStartSecscanExchange({
      clair,
      authorize: createAuthorizeCall(plan.tokens),
      switches: options.switches,
      startSpan: options.startSpan ?? startHttpSpan,
      requestArrived: options.requestArrived,
      failed: (request, end) => {
        if (end.upstreamError === undefined) return;
        metrics.upstreamErrors.inc({ reason: end.upstreamError.reason });
        failedCalls.log('A call to Clair failed.', describeFailure(request, end));
      },
      refusedTokens: metrics.refusedTokens,
      observers: { requestDuration: metrics.requestDuration, recorder },
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
    listen: () =>
      gateway.listen({
        host: settings.secscanHost,
        port: plan.port,
        settings: { host: 'SECSCAN_LISTEN_HOST', port: 'SECSCAN_LISTEN_PORT' },
      }),
    url: gateway.url,
    check: async () => {
      const { up, message } = await health.check();
      if (!up) throw new Error(`Clair at ${plan.upstreamUrl}: ${message}`);
    },
    close: async () => {
      await gateway.close();
      await recorder.drained(DRAIN_MS);
      await clair.close();
      failedCalls.close();
      failedLookups.close();
    },
  };
}
