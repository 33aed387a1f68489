import { AsyncResource } from 'node:async_hooks';
import type { ExchangeEnd, GatewayRequest } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';

/** How long further errors are only counted after one was logged. */
const QUIET_MS = 10_000;

/** Logs failures of one kind: the first at once, then at most one line in 10 s with their number. */
export type QuietLog = {
  log(message: string, fields: Readonly<Record<string, unknown>>): void;
  close(): void;
};

export function createQuietLog(log: Pick<Logger, 'warning'>, moreMessage: string): QuietLog {
  let timer: NodeJS.Timeout | undefined;
  let suppressed = 0;
  // This line is about many requests: it must not carry the trace of the one that started the timer.
  const onQuietOver = AsyncResource.bind((): void => {
    timer = undefined;
    if (suppressed > 0) log.warning(moreMessage, { count: suppressed });
    suppressed = 0;
  });
  return {
    log(message, fields) {
      if (timer !== undefined) {
        suppressed += 1;
        return;
      }
      timer = setTimeout(onQuietOver, QUIET_MS).unref();
      log.warning(message, fields);
    },
    close() {
      clearTimeout(timer);
      onQuietOver();
    },
  };
}

/** What a failed call is logged with. Neither headers nor bodies: they hold tokens and credentials of layers. */
export function describeFailure({ method, target }: GatewayRequest, end: ExchangeEnd) {
  const { upstreamError, status, bytesToClient } = end;
  return {
    method,
    path: target.split('?', 1)[0],
    reason: upstreamError?.reason,
    status,
    bytesToClient,
    error: upstreamError?.cause,
  };
}
