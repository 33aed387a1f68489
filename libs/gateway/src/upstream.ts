import { Pool } from 'undici';
import { createKeptConnections } from './kept/kept-connections.ts';
import { sendOnKeptConnection } from './kept/send-on-kept-connection.ts';
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
  /** Whether answers are read the fast way where that is possible (docs/decisions/fast-path-of-the-gateway.md); true. */
  fastPath?: boolean;
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

/** Whether a request changes nothing: it may go on a kept connection, and once more, on its own, if that was lost. */
export function isRepeatable(method: string, hasBody: boolean): boolean {
  return !hasBody && SAFE_METHODS.has(method);
}

/**
 * Connects to one upstream. Requests without side effects share pooled connections. All others get a
 * connection of their own: a pooled one that the upstream closes at the same moment would fail them, and
 * they must not be sent twice (docs/decisions/connections-to-the-registry.md).
 */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { origin, host, hostname, protocol, port } = new URL(options.url);
  const poolOptions: Pool.Options = {
    connections: options.maxConnections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: 60_000,
    maxHeaderSize: options.maxHeaderBytes,
  };
  const pool = new Pool(origin, poolOptions);
  // Undici ends the connection of a HEAD: a body that the upstream sends all the same would be read as the
  // answer to the next request. So HEAD takes no kept connection away from the others.
  const headPool = new Pool(origin, poolOptions);
  const pooled = sendOnPool(pool, hostname);
  const pooledHead = sendOnPool(headPool, hostname);
  const own = sendOnOwnConnection({ ...options, origin });
  const kept =
    protocol === 'http:' && (options.fastPath ?? true)
      ? createKeptConnections({
          ...options,
          host: hostname.replace(/^\[|\]$/g, ''),
          port: port === '' ? 80 : Number(port),
        })
      : undefined;
  return {
    name: options.name,
    origin,
    host,
    send: (request, handler) => {
      // The next kept connection may be stale like the first.
      if (request.repeated === true || !isRepeatable(request.method, request.body !== undefined))
        return own(request, handler);
      if (request.method === 'HEAD') return pooledHead(request, handler);
      const fast = kept && sendOnKeptConnection(kept, request, handler, options);
      return fast ?? pooled(request, handler);
    },
    close: async () => {
      kept?.close();
      await Promise.all([pool.destroy(), headPool.destroy()]);
    },
  };
}
