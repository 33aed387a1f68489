import { Pool, TimeoutError } from 'tarn';
import { CodedError } from '@quay-observability/coded-errors';
import type { DatabaseObserver, DatabaseTarget, PoolOptions, PoolState } from './database.ts';
import { DatabaseError } from './database-error.ts';
import type { Connection } from './open-connection.ts';

export type Acquiring = { readonly promise: Promise<Connection>; readonly abort: () => void };

/** The pool of one server. */
export type ConnectionPool = {
  /** Waits for a connection; `abort` gives up waiting. */
  acquire(): Acquiring;
  /** As {@link acquire}, for the pool's own ends: the observer hears nothing of it. */
  acquireUncounted(): Acquiring;
  release(connection: Connection): boolean;
  state(): PoolState;
  /** Whether callers hold every connection that there may be. */
  isFull(): boolean;
  close(graceMs: number): Promise<void>;
};

export type ConnectionPoolOptions = {
  readonly target: DatabaseTarget;
  /** `primary at host:port/database`, for messages. */
  readonly server: string;
  readonly limits: PoolOptions;
  readonly open: () => Promise<Connection>;
  readonly observer: DatabaseObserver;
};

/** How much longer than the connection's own time-out tarn waits, so that only one of them ever fires. */
const CREATE_MARGIN_MS = 5000;
const CLOSE_MARGIN_MS = 1000;

/** A bounded pool of which every wait ends: with a connection, or with one clear error in time. */
export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { target, server, limits, observer } = options;
  const live = new Set<Connection>();
  const held = new Set<Connection>();
  const uncounted = new WeakSet<Connection>();
  let connectError: DatabaseError | undefined;
  let closing = false;

  const pool = new Pool<Connection>({
    min: 0,
    max: limits.maxConnections,
    create: async () => {
      try {
        const connection = await options.open();
        connectError = undefined;
        live.add(connection);
        return connection;
      } catch (error) {
        if (error instanceof DatabaseError) connectError = error;
        throw error;
      }
    },
    validate: (connection) => connection.broken === undefined,
    destroy: async (connection) => {
      live.delete(connection);
      if (connection.broken === undefined) await connection.end();
      else connection.cut(connection.broken);
    },
    acquireTimeoutMillis: limits.acquireTimeoutMs,
    createTimeoutMillis: limits.connectTimeoutMs + CREATE_MARGIN_MS,
    idleTimeoutMillis: limits.idleTimeoutMs,
    // A failed attempt fails the caller who has waited longest, instead of being retried in silence.
    propagateCreateError: true,
  });

  /** Of the callers' waits in vain only this one is no error of connecting. */
  const acquireError = (error: unknown): unknown => {
    if (!(error instanceof TimeoutError)) return error;
    if (connectError !== undefined) return connectError;
    const message = `PostgreSQL ${server}: all ${limits.maxConnections} pooled connections were in use for ${limits.acquireTimeoutMs} ms`;
    return new DatabaseError('DATABASE_POOL_EXHAUSTED', message, { reason: 'timeout', serverFailed: false });
  };

  const acquire = (isCounted: boolean): Acquiring => {
    if (closing) return { promise: Promise.reject(closedError(server)), abort: () => undefined };
    const started = performance.now();
    const waited = () => (performance.now() - started) / 1000;
    const pending = pool.acquire();
    const promise = pending.promise.then(
      (connection) => {
        held.add(connection);
        if (isCounted) observer.acquired?.(target, waited());
        else uncounted.add(connection);
        return connection;
      },
      (error: unknown) => {
        if (isCounted) observer.acquireFailed?.(target, waited());
        throw acquireError(error);
      },
    );
    return {
      promise,
      abort: () => {
        pending.abort();
      },
    };
  };

  return {
    acquire: () => acquire(true),
    acquireUncounted: () => acquire(false),
    release: (connection) => {
      if (!held.delete(connection)) return false;
      if (!uncounted.delete(connection)) observer.released?.(target);
      return pool.release(connection);
    },
    state: () => ({
      inUse: held.size,
      available: [...live].filter((connection) => !held.has(connection) && connection.broken === undefined)
        .length,
      waiting: pool.numPendingAcquires(),
    }),
    isFull: () => held.size >= limits.maxConnections,
    close: async (graceMs) => {
      closing = true;
      const deadline = performance.now() + graceMs;
      while (performance.now() < deadline && (held.size > 0 || pool.numPendingAcquires() > 0))
        await pause(10);
      for (const connection of held) connection.cut(closedError(server));
      await Promise.race([pool.destroy(), pause(limits.connectTimeoutMs + CLOSE_MARGIN_MS)]);
      for (const connection of live) connection.cut(closedError(server));
    },
  };
}

function closedError(server: string): CodedError {
  return new CodedError(
    'DATABASE_CLOSED',
    `PostgreSQL ${server}: the connections are closed, the app is shutting down`,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
