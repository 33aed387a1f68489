import type { GatewayLimits } from '@quay-observability/gateway';
import type { GatewaySettings } from './gateway-settings.ts';

const CONTINUE_TIMEOUT_MS = 1000;
const DISCARD_TIMEOUT_MS = 30_000;

/** What the gateway accepts of clients, as the settings say. */
export function gatewayLimits(settings: GatewaySettings): GatewayLimits {
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
