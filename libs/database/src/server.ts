import knex, { type Knex } from 'knex';
import { createConnectionPool, type ConnectionPool } from './connection-pool.ts';
import type { DatabaseObserver, DatabaseTarget, PoolOptions } from './database.ts';
import { toDatabaseError } from './database-error.ts';
import { createKnexPool } from './knex-pool.ts';
import { openConnection } from './open-connection.ts';
import { ping } from './ping.ts';
import type { ServerSettings } from './server-settings.ts';

/** One PostgreSQL server: its pool, and knex on top of it. */
export type DatabaseServer = {
  /** `primary at host:port/database`, for messages. */
  readonly name: string;
  readonly knex: Knex;
  readonly pool: ConnectionPool;
  /** Runs work and turns what makes the server unusable into a {@link DatabaseError}. */
  run<T>(work: () => Promise<T>): Promise<T>;
  ping(timeoutMs: number): Promise<void>;
  close(graceMs: number): Promise<void>;
};

export type ServerOptions = {
  readonly target: DatabaseTarget;
  /** `primary`, `replica 1` ... */
  readonly role: string;
  readonly settings: ServerSettings;
  readonly applicationName: string;
  readonly limits: Partial<PoolOptions>;
  readonly observer: DatabaseObserver;
};

/** Prepares one server without connecting. */
export function createServer({
  target,
  role,
  settings,
  applicationName,
  limits,
  observer,
}: ServerOptions): DatabaseServer {
  const name = `${role} at ${settings.display}`;
  const acquireTimeoutMs = limits.acquireTimeoutMs ?? 5000;
  const bounds: PoolOptions = {
    maxConnections: limits.maxConnections ?? settings.maxConnections ?? 10,
    acquireTimeoutMs,
    // Never more than the acquire time-out, so that a dead server is reported as such and not as a full pool.
    connectTimeoutMs: Math.min(
      limits.connectTimeoutMs ?? settings.connectTimeoutMs ?? 3000,
      acquireTimeoutMs,
    ),
    statementTimeoutMs: limits.statementTimeoutMs ?? 30_000,
    idleTimeoutMs: limits.idleTimeoutMs ?? 30_000,
  };
  const reporter = createReporter(name, observer);
  const pool = createConnectionPool({
    target,
    server: name,
    limits: bounds,
    observer,
    open: async () => {
      try {
        const connection = await openConnection({
          settings,
          server: name,
          applicationName,
          timeoutMs: bounds.connectTimeoutMs,
          statementTimeoutMs: bounds.statementTimeoutMs,
          onBroken: ({ broken }) => {
            reporter.failed(broken);
          },
        });
        reporter.works();
        return connection;
      } catch (error) {
        reporter.failed(error);
        throw error;
      }
    },
  });
  const adapter = createKnexPool(pool);
  const queries = knex({
    client: 'pg',
    connectionPool: adapter.knexPool,
    log: SILENT,
    // Else the values of a failed statement would stand in its error message.
    compileSqlOnError: false,
  });
  // Of a connection whose query got no answer, nothing is known: it must not serve the next one.
  queries.on('query-error', (error: unknown, { __knexUid }: { __knexUid?: string }) => {
    if (toDatabaseError(error, name)?.serverFailed === true) adapter.discard(__knexUid, error as Error);
  });

  return {
    name,
    knex: queries,
    pool,
    run: async (work) => {
      try {
        return await work();
      } catch (error) {
        const databaseError = toDatabaseError(error, name);
        if (databaseError?.serverFailed === true) reporter.failed(databaseError);
        throw databaseError ?? error;
      }
    },
    ping: (timeoutMs) => ping(pool, name, timeoutMs),
    close: async (graceMs) => {
      await pool.close(graceMs);
      await queries.destroy();
    },
  };
}

/** Knex prints to the console otherwise; whoever called gets the error. */
const silent = () => undefined;
const SILENT = { warn: silent, error: silent, debug: silent, deprecate: silent };

/** One report when a server fails and one when it works again, however many callers notice. */
function createReporter(server: string, observer: DatabaseObserver) {
  let broken = false;
  return {
    failed: (error: unknown) => {
      if (broken) return;
      broken = true;
      const message = error instanceof Error ? error.message : String(error);
      observer.onProblem?.(`database ${server} cannot be used`, { server, error: message });
    },
    works: () => {
      if (!broken) return;
      broken = false;
      observer.onRecovery?.(`database ${server} works again`, { server });
    },
  };
}
