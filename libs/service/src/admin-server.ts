import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import express, { type NextFunction, type Request, type Response } from 'express';
import { createHttpListener, type HttpListener } from './http-listener.ts';
import { createHttpObserver } from './http-observer.ts';
import { problemOf } from './http-problem.ts';
import { plain, probeRoutes, type ProbeSources } from './probe-routes.ts';

/** Bytes of one write of an exposition. */
const GROUP_BYTES = 128 * 1024;

export type AdminServerOptions = {
  host: string;
  /** 0 picks a free one. */
  port: number;
  metrics: Metrics<AppName>;
  probes: ProbeSources;
  onError: (message: string, error: unknown) => void;
};

/** Every scraper and probe of an installation at once, and then some. */
const MAX_CONNECTIONS = 512;
const MAX_HEADER_BYTES = 16_384;
const DRAIN_MS = 1000;

/**
 * Builds the admin listener with `/metrics` and the probes: never the public one, so that a flood of pulls cannot
 * hide the metrics.
 */
export function createAdminServer(options: AdminServerOptions): HttpListener {
  const { host, port, onError } = options;
  return createHttpListener(
    {
      name: 'admin',
      host,
      port,
      settings: { host: 'ADMIN_HOST', port: 'ADMIN_PORT' },
      maxConnections: MAX_CONNECTIONS,
      maxHeaderBytes: MAX_HEADER_BYTES,
      drainMs: DRAIN_MS,
      onError,
    },
    adminApp(options),
  );
}

function adminApp({ metrics, probes, onError }: AdminServerOptions) {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(countRequests(metrics));
  app.get('/metrics', async (request, response) => {
    const { contentType, sizeBytes, pieces } = await metrics.exposition(request.headers.accept);
    response.set({ 'Content-Type': contentType, Vary: 'Accept, Accept-Encoding' });
    const compressed = sizeBytes >= 1024 && request.acceptsEncodings('gzip') !== false;
    response.set(compressed ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': String(sizeBytes) });
    const groups = Readable.from(groupsOf(pieces));
    const sent = compressed
      ? pipeline(groups, createGzip({ level: 1 }), response)
      : pipeline(groups, response);
    // A scraper that hangs up is no fault of ours.
    await sent.catch(() => response.destroy());
  });
  app.use(probeRoutes(probes));
  app.use(
    (_request, response) =>
      void plain(response, 404, 'not found: try /metrics, /livez, /readyz or /startupz\n'),
  );
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    // A path that cannot be decoded, say: no fault of ours.
    const problem = problemOf(error);
    if (problem !== undefined) return plain(response, problem.status, 'bad request\n');
    onError('The admin listener could not answer a request.', error);
    if (response.headersSent) next(error);
    else plain(response, 500, 'internal error\n');
  });
  return app;
}

/** Joins pieces to groups worth a write each: the loop is free between two of them. */
function* groupsOf(pieces: readonly Buffer[]): Generator<Buffer> {
  let group: Buffer[] = [];
  let sizeBytes = 0;
  for (const piece of pieces) {
    group.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes < GROUP_BYTES) continue;
    yield Buffer.concat(group, sizeBytes);
    group = [];
    sizeBytes = 0;
  }
  if (sizeBytes > 0) yield Buffer.concat(group, sizeBytes);
}

function countRequests(metrics: Metrics<AppName>) {
  const observer = createHttpObserver(metrics, 'admin');
  return (request: Request, response: Response, next: NextFunction) => {
    const ended = observer.arrived(request.method);
    response.once('close', () => ended(response.headersSent ? response.statusCode : undefined));
    next();
  };
}
