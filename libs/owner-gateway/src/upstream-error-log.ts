import { AsyncResource } from 'node:async_hooks';
import type { ExchangeEnd, GatewayRequest } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { RouteOwner } from '@quay-observability/owner-switch';

/** How long further errors are only counted after one was logged. */
const QUIET_MS = 10_000;

/** Logs failures of one upstream: the first at once, then at most one line in 10 s with their number. */
export type UpstreamErrorLog = {
  failed: (request: GatewayRequest, end: ExchangeEnd) => void;
  close(): void;
};

/** `kind` is what the upstream is, as in "the registry". */
export function createUpstreamErrorLog(
  log: Pick<Logger, 'warning'>,
  upstream: RouteOwner,
  kind: string,
): UpstreamErrorLog {
  let timer: NodeJS.Timeout | undefined;
  let suppressed = 0;
  // This line is about many requests: it must not carry the trace of the one that started the timer.
  const onQuietOver = AsyncResource.bind((): void => {
    timer = undefined;
    if (suppressed > 0)
      log.warning(`More requests failed because of the ${kind}.`, { upstream, count: suppressed });
    suppressed = 0;
  });
  return {
    failed: ({ method, target }, { upstreamError, status, bytesToClient }) => {
      if (timer !== undefined) {
        suppressed += 1;
        return;
      }
      timer = setTimeout(onQuietOver, QUIET_MS).unref();
      log.warning(`A request failed: the ${kind} ${upstreamError?.message ?? ''}.`, {
        method,
        // The query may hold a token.
        path: target.split('?', 1)[0],
        upstream,
        reason: upstreamError?.reason,
        status,
        bytesToClient,
        error: upstreamError?.cause,
      });
    },
    close() {
      clearTimeout(timer);
      onQuietOver();
    },
  };
}
