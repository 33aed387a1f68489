import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { createHttpListener, type HttpListener, type HttpListenerOptions } from './http-listener.ts';
import type { HttpObserver } from './http-observer.ts';
import { HttpProblem, problemBody, problemOf } from './http-problem.ts';

export type PublicServerOptions = {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Which listener it is, and what the operator calls host and port; the public one (LISTEN_*) unless told. */
  listener?: Pick<HttpListenerOptions, 'name' | 'settings'>;
  /** Further ones are closed. */
  maxConnections: number;
  /** Of a request's head; 64 KiB unless told. A longer one is a 431. */
  maxHeaderBytes?: number;
  /** As of the listener. */
  hostOptional?: HttpListenerOptions['hostOptional'];
  observer: HttpObserver;
  /** Tried in their order; what none of them answers is a 404. */
  handlers: readonly RequestHandler[];
  onError: (message: string, error: unknown) => void;
};

/** nginx passes the request line and the headers of a client along with a subrequest: four buffers of 8 KiB. */
const MAX_HEADER_BYTES = 65_536;
const DRAIN_MS = 10_000;

const PUBLIC = { name: 'public', settings: { host: 'LISTEN_HOST', port: 'LISTEN_PORT' } } as const;

/** For answers that no browser is to run, frame or guess about; a page of its own sets others. */
const SECURITY_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Builds a listener for an API of an app: limits and time-outs, requests counted, security headers, and
 * every refusal as JSON (`HttpProblem`). A fault of our own is logged and told to the client as a bare 500.
 */
export function createPublicServer(options: PublicServerOptions): HttpListener {
  const {
    host,
    port,
    listener = PUBLIC,
    maxConnections,
    maxHeaderBytes = MAX_HEADER_BYTES,
    hostOptional = false,
    onError,
  } = options;
  return createHttpListener(
    {
      ...listener,
      host,
      port,
      maxConnections,
      maxHeaderBytes,
      hostOptional,
      drainMs: DRAIN_MS,
      onError,
    },
    publicApp(options),
  );
}

function publicApp({ listener = PUBLIC, observer, handlers, onError }: PublicServerOptions) {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => {
    const ended = observer.arrived(request.method);
    response.once('close', () => ended(response.headersSent ? response.statusCode : undefined));
    response.set(SECURITY_HEADERS);
    next();
  });
  for (const handler of handlers) app.use(handler);
  app.use((request) => {
    throw new HttpProblem(404, 'NOT_FOUND', `There is nothing at ${request.path.slice(0, 200)}.`);
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const problem =
      problemOf(error) ?? new HttpProblem(500, 'INTERNAL', 'An internal error; the log has more.');
    if (problem.code === 'INTERNAL')
      onError(`The ${listener.name} listener could not answer a request.`, error);
    if (response.headersSent) return next(error);
    response.status(problem.status).set(problem.headers).json(problemBody(problem));
  });
  return app;
}

/** The last handler of a path: any other method is a 405, OPTIONS an empty answer, both with `Allow`. */
export function allowOnly(...methods: readonly string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') return void response.status(204).set('Allow', allow).end();
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${request.method} is not allowed here; ${allow} are.`, {
      headers: { Allow: allow },
    });
  };
}
