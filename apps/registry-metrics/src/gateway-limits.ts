import type { GatewayLimits } from '@quay-observability/gateway';
import type { RegistrySettings } from './config.ts';

const CONTINUE_TIMEOUT_MS = 1000;
const DISCARD_TIMEOUT_MS = 30_000;

/** What the gateway accepts of clients, as the settings say. */
export function gatewayLimits(settings: RegistrySettings): GatewayLimits {
  return {
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
  };
}
