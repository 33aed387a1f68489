import { createGateway, type ErrorForm, type Gateway } from '@quay-observability/gateway';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import { leaveUntraced, startHttpSpan } from '@quay-observability/tracing';
import type { ArrivalObservers } from './arrival.ts';
import { gatewayLimits } from './gateway-limits.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import type { ExchangeObservers } from './owner-exchange.ts';
import { createStartExchange, type ServedBy } from './start-exchange.ts';
import { bindUpstreamErrors } from './upstream-errors.ts';
import { upstreamsOf } from './upstreams-of.ts';

export type OwnerGatewayOptions = Pick<ArrivalObservers, 'matchRoute' | 'requestArrived'> &
  Pick<ExchangeObservers, 'counterOf' | 'answered'> & {
    settings: GatewaySettings;
    servedBy: ServedBy;
    metrics: Pick<Metrics<'registry-metrics' | 'api-health'>, 'counter'>;
    log: Logger;
    /** How the gateway words its own answers; as registries do unless told. */
    errorForm?: ErrorForm;
    /** Instead of the process's tracing. */
    startSpan?: ArrivalObservers['startSpan'] | undefined;
  };

/** A gateway that routes by owner. */
export type OwnerGateway = {
  /** Rejects with LISTEN_FAILED. */
  listen: () => Promise<void>;
  url: Gateway['url'];
  /** Takes no more requests, and resolves when those under way have ended. */
  close: () => Promise<void>;
  /** Ends the connections to the upstreams; after `close`, when nothing asks them any more. */
  disconnect: () => Promise<void>;
};

/** Composes gateway, upstreams and what observes the requests. Nothing is opened before `listen`. */
export function createOwnerGateway(options: OwnerGatewayOptions): OwnerGateway {
  const { settings, servedBy, log, requestArrived, matchRoute, counterOf, answered } = options;
  const upstreams = upstreamsOf(servedBy);
  const gateway = createGateway({
    limits: gatewayLimits(settings),
    trustForwarded: settings.trustForwarded,
    fastPath: settings.fastPath,
    // Its spans are made by hand.
    onServer: leaveUntraced,
    upstreamKind: upstreams[0].kind,
    ...(options.errorForm === undefined ? {} : { errorForm: options.errorForm }),
    startExchange: createStartExchange({
      arrivals: { matchRoute, requestArrived, startSpan: options.startSpan ?? startHttpSpan },
      exchanges: { upstreamErrors: bindUpstreamErrors(options.metrics, upstreams), counterOf, answered },
      servedBy,
    }),
    onRefused: ({ method, status, message }) => {
      requestArrived(method ?? '')(status);
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
    close: gateway.close,
    disconnect: async () => {
      await Promise.all(upstreams.map(({ close }) => close()));
    },
  };
}
