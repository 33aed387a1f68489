import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from '@quay-observability/coded-errors';

/** The listeners that an app can have: the label `listener` of the HTTP metrics. */
export type ListenerName = 'admin' | 'public' | 'notifications' | 'health' | 'secscan' | 'jobs';

export type HttpListenerOptions = {
  /** Which one it is, in messages. */
  name: ListenerName;
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** What the operator calls the two, for messages. */
  settings: { host: string; port: string };
  /** Further connections are closed. */
  maxConnections: number;
  maxHeaderBytes: number;
  /** Whether requests of HTTP/1.1 without the header `Host` are answered, which RFC 9112 makes a 400; no. */
  hostOptional?: boolean;
  /** How long requests under way may take to end once it is told to close. */
  drainMs: number;
  onError: (message: string, error: unknown) => void;
};

/** One HTTP listener with every limit set. */
export type HttpListener = {
  /** Base URL; known once listening. */
  url: () => string;
  /** Rejects with LISTEN_FAILED, which names the settings. */
  listen(): Promise<void>;
  /** Takes no more connections, and ends those that are left after the drain time. */
  close(): Promise<void>;
};

/** For the head of a request, for all of it, and for a client that neither sends nor reads. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 };
const IDLE_TIMEOUT_MS = 120_000;

/** Builds a listener around a handler of requests; nothing is opened before `listen`. */
export function createHttpListener(options: HttpListenerOptions, handle: RequestListener): HttpListener {
  const { maxHeaderBytes: maxHeaderSize, hostOptional = false } = options;
  const server = createServer({ ...TIMEOUTS, maxHeaderSize, requireHostHeader: !hostOptional }, handle);
  server.maxConnections = options.maxConnections;
  server.setTimeout(IDLE_TIMEOUT_MS);
  let closing = false;
  server.on('request', (_request, response) => {
    // A connection whose last response ends while we close would else be kept for the next request.
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
  });
  return {
    url: () => urlOf(server),
    listen: () => listen(server, options),
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), options.drainMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function listen(server: Server, { name, host, port, settings, onError }: HttpListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => {
      const where = `${settings.host}=${host} ${settings.port}=${port}`;
      const message = `The ${name} listener cannot use ${where}: ${error.code ?? error.message}`;
      reject(new CodedError('LISTEN_FAILED', message, { cause: error }));
    };
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      server.on('error', (error) => {
        onError(`The ${name} listener has a fault.`, error);
      });
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
