import { createUpstream, createUpstreamHealth, type Upstream } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { RegistrySettings } from './config.ts';
import { createUpstreamErrorLog, type UpstreamErrorLog } from './upstream-error-log.ts';

/** The registry of one runtime. */
export type RegistryUpstream = {
  readonly owner: RouteOwner;
  readonly connections: Upstream;
  readonly errorLog: UpstreamErrorLog;
  /** Resolves if the registry answers; otherwise rejects with what is wrong. */
  readonly check: () => Promise<void>;
  readonly close: () => Promise<void>;
};

// Below the time limit of a readiness check.
const HEALTH = { path: '/v2/', timeoutMs: 1800, cacheMs: 1000 };

/** Nothing is opened before the first request or check. */
export function createRegistryUpstream(
  owner: RouteOwner,
  url: string,
  settings: RegistrySettings,
  log: Pick<Logger, 'warning'>,
): RegistryUpstream {
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
  const health = createUpstreamHealth({ ...HEALTH, url });
  const errorLog = createUpstreamErrorLog(log, owner);
  return {
    owner,
    connections,
    errorLog,
    check: async () => {
      const { up, message } = await health.check();
      if (!up) throw new Error(`the registry at ${url}: ${message}`);
    },
    close: async () => {
      await connections.close();
      errorLog.close();
    },
  };
}
