import { createUpstream, createUpstreamHealth, type Upstream } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { GatewaySettings } from './gateway-settings.ts';
import { createUpstreamErrorLog, type UpstreamErrorLog } from './upstream-error-log.ts';

/** What one runtime serves. */
export type OwnerUpstream = {
  readonly owner: RouteOwner;
  /** What it is, for messages, as in "the registry". */
  readonly kind: string;
  readonly connections: Upstream;
  readonly errorLog: UpstreamErrorLog;
  /** Resolves if the upstream answers; otherwise rejects with what is wrong. */
  readonly check: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type OwnerUpstreamOptions = {
  owner: RouteOwner;
  /** Origin: scheme, host and port. */
  url: string;
  /** What it is, for messages, as in "the registry". */
  kind: string;
  /** Any answer below 500 to a GET of it, without credentials, means that the upstream is up. */
  healthPath: string;
  settings: GatewaySettings;
  log: Pick<Logger, 'warning'>;
};

// Below the time limit of a readiness check.
const HEALTH = { timeoutMs: 1800, cacheMs: 1000 };

/** Nothing is opened before the first request or check. */
export function createOwnerUpstream(options: OwnerUpstreamOptions): OwnerUpstream {
  const { owner, url, kind, healthPath, settings, log } = options;
  const connections = createUpstream({
    name: owner,
    url,
    maxConnections: settings.maxConcurrentRequests,
    connectTimeoutMs: settings.upstreamConnectSeconds * 1000,
    headersTimeoutMs: settings.upstreamHeadSeconds * 1000,
    bodyTimeoutMs: settings.upstreamBodySeconds * 1000,
    uploadTimeoutMs: settings.upstreamUploadSeconds * 1000,
    keepAliveMs: settings.upstreamKeepAliveSeconds * 1000,
    maxHeaderBytes: settings.maxHeaderBytes,
    fastPath: settings.fastPath,
  });
  const health = createUpstreamHealth({ ...HEALTH, path: healthPath, url });
  const errorLog = createUpstreamErrorLog(log, owner, kind);
  return {
    owner,
    kind,
    connections,
    errorLog,
    check: async () => {
      const { up, message } = await health.check();
      if (!up) throw new Error(`the ${kind} at ${url}: ${message}`);
    },
    close: async () => {
      await connections.close();
      errorLog.close();
    },
  };
}
