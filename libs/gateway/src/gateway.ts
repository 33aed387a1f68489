import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createBufferCollector } from './buffer-collector.ts';
import { checkRequest, type Refusal, type RequestLimits } from './check-request.ts';
import {
  answerError,
  answerParseError,
  refusalOfParseError,
  registryErrorForm,
  type ErrorForm,
} from './error-answer.ts';
import type { Exchange, GatewayRequest, StartExchange } from './exchange.ts';
import { describeMessage } from './describe-request.ts';
import { Forwarding, type ForwardingOptions } from './forwarding.ts';
import { DirectConnection } from './direct/direct-connection.ts';
import { interceptConnections } from './direct/intercept-connections.ts';
import { createListener, type ListenAddress } from './listen.ts';
import { discardRest } from './request-body.ts';

export type GatewayLimits = RequestLimits & {
  /** Most bytes of a request's head. */
  maxHeaderBytes: number;
  /** Most requests at a time; further ones get a 503. */
  maxConcurrentRequests: number;
  /** Most client connections at a time; further ones are closed. */
  maxConnections: number;
  /** For the head of a request to arrive. */
  headersTimeoutMs: number;
  /** For a whole request to arrive, body included. */
  requestTimeoutMs: number;
  /** Longest silence of a client that it is up to: sending its body, reading its answer. */
  clientIdleTimeoutMs: number;
  /** How long an idle connection is kept; longer than the proxy in front keeps it. */
  keepAliveMs: number;
  continueTimeoutMs: number;
  discardTimeoutMs: number;
};

export type GatewayOptions = {
  limits: GatewayLimits;
  /** Whether X-Forwarded-* of the client are believed: there is a proxy in front. */
  trustForwarded: boolean;
  /** Whether plain requests are read the fast way (docs/decisions/fast-path-of-the-gateway.md); true. */
  fastPath?: boolean;
  /** What the upstreams are, in the gateway's own answers: "the registry cannot be reached"; `registry` unless told. */
  upstreamKind?: string;
  /** Told the server before it listens: to keep from it what instruments servers, say. */
  onServer?: (server: Server) => void;
  startExchange: StartExchange;
  /** How the gateway words its own answers; as registries do unless told. */
  errorForm?: ErrorForm;
  /** Called for every request that the gateway answers itself without an exchange. */
  onRefused?: (refusal: Refusal & { method: string | undefined }) => void;
  /** Faults of hooks, never of clients or upstreams. */
  onProblem: (message: string, error: unknown) => void;
};

/** A streaming reverse proxy. */
export type Gateway = {
  /** Port 0 picks a free one. Rejects with LISTEN_FAILED. */
  listen: (address: ListenAddress) => Promise<void>;
  /** Base URL; known once listening. */
  url: () => string;
  inFlight: () => number;
  /** Takes no more requests and resolves when those under way have ended; also cancels a `listen`. */
  close: () => Promise<void>;
};

const OVERLOADED: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the gateway has too many requests at a time; try again',
};
const NO_EXCHANGE: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the gateway cannot serve this request now',
};

/** Builds a gateway; nothing happens before `listen`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { limits, startExchange, onProblem, errorForm = registryErrorForm } = options;
  let inFlight = 0;
  let draining = false;
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 10_000),
    insecureHTTPParser: false,
    // Refused with the others, so that the answer has the same form.
    requireHostHeader: false,
    noDelay: true,
  });
  options.onServer?.(server);
  // Node would silently drop headers beyond its own limit; ours are counted and refused.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.maxConnections;
  server.timeout = limits.clientIdleTimeoutMs;
  const forwardingOptions: ForwardingOptions = {
    ...options,
    ...limits,
    errorForm,
    onBodyBytes: createBufferCollector(),
    isDraining: () => draining,
    upstreamKind: options.upstreamKind ?? 'registry',
  };

  const direct = new Set<DirectConnection>();
  const closeUnused = (): void => {
    for (const connection of direct) connection.closeIfIdle();
    server.closeIdleConnections();
    // What is left then has never sent a whole request.
    if (inFlight === 0) server.closeAllConnections();
  };

  const finished = (): void => {
    inFlight -= 1;
    if (draining) setImmediate(closeUnused);
  };

  const refuse = (
    request: IncomingMessage,
    response: ServerResponse,
    refusal: Refusal,
    close: boolean,
  ): void => {
    if (close || draining) response.shouldKeepAlive = false;
    answerError(response, refusal, errorForm);
    discardRest(request, limits.discardTimeoutMs);
    options.onRefused?.({ ...refusal, method: request.method });
  };

  const begin = (
    request: IncomingMessage,
    response: ServerResponse,
    info: GatewayRequest,
    expects: boolean,
    exchange: Exchange,
  ): void => {
    const forwarding = new Forwarding(request, response, info, exchange, forwardingOptions);
    response.on('timeout', (socket: Socket) => {
      if (forwarding.waitsForClient()) socket.destroy();
      else socket.setTimeout(limits.clientIdleTimeoutMs);
    });
    forwarding.start(expects);
  };

  const latestResponse = new WeakMap<Duplex, ServerResponse>();
  const onRequest = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    // Broken connections show as the 'close' of the response.
    latestResponse.set(request.socket, response);
    request.on('error', ignore);
    response.on('error', ignore);
    const info = describeMessage(request);
    const { method, target, rawHeaders } = info;
    const { httpVersion } = request;
    const refusal = checkRequest({ method, target, rawHeaders, httpVersion }, limits);
    // A head that may be read in two ways leaves unclear where the next request begins.
    if (refusal !== undefined) return void refuse(request, response, refusal, true);
    if (inFlight >= limits.maxConcurrentRequests)
      return void refuse(request, response, OVERLOADED, expectsContinue);
    inFlight += 1;
    response.once('close', finished);
    const failed = (error: unknown): void => {
      onProblem('A request could not be given to an upstream.', error);
      refuse(request, response, NO_EXCHANGE, expectsContinue);
    };
    try {
      const exchange = startExchange(info);
      if (!(exchange instanceof Promise)) begin(request, response, info, expectsContinue, exchange);
      else exchange.then((decided) => begin(request, response, info, expectsContinue, decided)).catch(failed);
    } catch (error) {
      failed(error);
    }
  };

  if (options.fastPath ?? true)
    interceptConnections(server, (socket, handOver) => {
      const connection = new DirectConnection(socket, {
        ...forwardingOptions,
        ...limits,
        startExchange,
        noExchange: NO_EXCHANGE,
        onRefused: (refusal, method) => options.onRefused?.({ ...refusal, method }),
        admit: (request) => {
          if (draining || inFlight >= limits.maxConcurrentRequests) return false;
          if (checkRequest({ ...request, httpVersion: '1.1' }, limits) !== undefined) return false;
          inFlight += 1;
          return true;
        },
        finished,
        handOver,
        onGone: (gone) => direct.delete(gone),
      });
      direct.add(connection);
    });
  server.on('request', (request, response) => onRequest(request, response, false));
  server.on('checkContinue', (request, response) => onRequest(request, response, true));
  server.on('connect', (_request, socket) =>
    answerParseError(
      socket,
      { status: 405, code: 'UNSUPPORTED', message: 'CONNECT is not supported' },
      errorForm,
    ),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = latestResponse.get(socket);
    // In the middle of an answer, or with the client gone, there is nothing left to say.
    const midAnswer = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || midAnswer) return void socket.destroy();
    const refusal = refusalOfParseError(error);
    answerParseError(socket, refusal, errorForm);
    options.onRefused?.({ ...refusal, method: undefined });
  });

  const listener = createListener(server, onProblem);
  return {
    listen: listener.listen,
    url: listener.url,
    inFlight: () => inFlight,
    close: () => {
      draining = true;
      return listener.close(closeUnused);
    },
  };
}

function ignore(): void {
  // See where it is used.
}
