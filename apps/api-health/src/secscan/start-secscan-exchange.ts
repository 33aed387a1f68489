import type { Exchange, GatewayRequest, StartExchange, Upstream } from '@quay-observability/gateway';
import { RequestSpanStart } from '@quay-observability/owner-gateway';
import type { RouteDecision, RouteQuestion } from '@quay-observability/owner-switch';
import type { HttpSpan, HttpSpanStart } from '@quay-observability/tracing';
import type { Authorization, AuthorizeCall } from './authorize-call.ts';
import { CallRecorder, type CallObservers } from './call-recorder.ts';
import { isClairPath, matchAction, type ClairAction } from './clair-action.ts';
import { clairErrorForm } from './clair-error-form.ts';
import { createRefusingUpstream } from './refusing-upstream.ts';
import { SecscanExchange, type Arrival } from './secscan-exchange.ts';
import type { SecscanMetrics } from './secscan-metrics.ts';

export type StartSecscanExchangeOptions = {
  clair: Upstream;
  authorize: AuthorizeCall;
  switches: { route(question: RouteQuestion): RouteDecision };
  startSpan: (start: HttpSpanStart) => HttpSpan;
  requestArrived: (method: string) => Arrival['finished'];
  failed: Arrival['failed'];
  refusedTokens: SecscanMetrics['refusedTokens'];
  observers: CallObservers;
};

/** Clair says nothing but the status to whom it does not know. */
const UNAUTHORIZED = createRefusingUpstream(401, Buffer.alloc(0));
const NOT_FOUND = createRefusingUpstream(
  404,
  clairErrorForm({
    status: 404,
    code: '',
    message: 'only the indexer, matcher and notifier are served here',
  }),
);

/** Names and traces a call as it arrives, decides about its token, and whether it is counted here. */
export function createStartSecscanExchange(options: StartSecscanExchangeOptions): StartExchange {
  const { clair, authorize, switches } = options;

  /** Whose call it is decides who counts it (docs/decisions/who-counts-calls-to-clair.md). */
  const recorderOf = (request: GatewayRequest, action: ClairAction | undefined): CallRecorder | undefined => {
    if (action === undefined) return undefined;
    const { owner } = switches.route({
      family: 'SECSCAN',
      method: request.method,
      endpoint: undefined,
      repository: undefined,
    });
    return owner === 'go' ? new CallRecorder(request, action, options.observers) : undefined;
  };

  return (request) => {
    const action = matchAction(request.method, request.target);
    const arrival = arrive(request, action, options);
    if (!isClairPath(request.target)) return new SecscanExchange(arrival, NOT_FOUND, {}, undefined);
    const begin = (authorization: Authorization): Exchange => {
      const recorder = recorderOf(request, action);
      if ('headers' in authorization)
        return new SecscanExchange(arrival, clair, { host: clair.host, ...authorization.headers }, recorder);
      options.refusedTokens.inc({ reason: authorization.refused });
      return new SecscanExchange(arrival, UNAUTHORIZED, {}, recorder);
    };
    const authorization = authorize(request);
    return authorization instanceof Promise ? authorization.then(begin) : begin(authorization);
  };
}

function arrive(
  request: GatewayRequest,
  action: ClairAction | undefined,
  { requestArrived, startSpan, failed }: StartSecscanExchangeOptions,
): Arrival {
  const finished = requestArrived(request.method);
  const span = startSpan(new RequestSpanStart(request));
  if (action !== undefined) span.setRoute(action.name);
  return { request, span, finished, failed };
}
