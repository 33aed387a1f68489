import { Pool } from 'undici';
import { sendOnOwnConnection } from './send-on-own-connection.ts';
import { sendOnPool } from './send-on-pool.ts';
import type { SendUpstream } from './upstream-call.ts';

export type UpstreamOptions = {
  /** For logs and metrics. */
  name: string;
  /** Origin of the upstream: scheme, host and port, without a path. */
  url: string;
  /** Most connections that are kept and reused at a time. */
  maxConnections: number;
  connectTimeoutMs: number;
  /** Until the head of the answer to a request without side effects. */
  headersTimeoutMs: number;
  /** Longest silence within the answer's body. */
  bodyTimeoutMs: number;
  /** Longest silence of an upload, its answer included. */
  uploadTimeoutMs: number;
  /** How long an idle connection is kept; must be shorter than the upstream keeps it. */
  keepAliveMs: number;
  /** Most bytes of the answer's head. */
  maxHeaderBytes: number;
};

/** A server behind the gateway. */
export type Upstream = {
  readonly name: string;
  /** `http://host:port`. */
  readonly origin: string;
  /** `host:port`, for clients that name no host. */
  readonly host: string;
  readonly send: SendUpstream;
  /** Ends all connections. */
  close(): Promise<void>;
};

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request changes nothing: it may go on a reused connection, and once more if that was stale. */
export function isRepeatable(method: string, hasBody: boolean): boolean {
  return !hasBody && SAFE_METHODS.has(method);
}

/**
 * Connects to one upstream. Requests without side effects share pooled connections. All others get a
 * connection of their own: a pooled one that the upstream closes at the same moment would fail them, and
 * they must not be sent twice (docs/decisions/connections-to-the-registry.md).
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { origin, host, hostname } = new URL(options.url);
  const pool = new Pool(origin, {
    connections: options.maxConnections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: 60_000,
    maxHeaderSize: options.maxHeaderBytes,
  });
  const pooled = sendOnPool(pool, hostname);
  const own = sendOnOwnConnection({ ...options, origin });
  return {
    name: options.name,
    origin,
    host,
    send: (request, handler) =>
      isRepeatable(request.method, request.body !== undefined)
        ? pooled(request, handler)
        : own(request, handler),
    close: () => pool.destroy(),
  };
}
