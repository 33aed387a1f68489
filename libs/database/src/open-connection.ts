import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { DatabaseError, describeError, toDatabaseError } from './database-error.ts';
import type { ServerSettings } from './server-settings.ts';
import { tlsIsOptional, tlsOptions } from './tls.ts';

/** A connection to PostgreSQL that knows whether it still works. */
export type Connection = {
  readonly client: pg.Client;
  /** Why it must not be used again. */
  broken: Error | undefined;
  /** Cuts it at once; a query that runs fails. */
  cut(reason: Error): void;
  /** Says goodbye, and cuts it if the server does not react within a second. */
  end(): Promise<void>;
};

export type ConnectOptions = {
  readonly settings: ServerSettings;
  /** `primary at host:port/database`, for messages. */
  readonly server: string;
  readonly applicationName: string;
  readonly timeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Called once, when it breaks while nobody closes it. */
  readonly onBroken: (connection: Connection) => void;
};

const END_TIMEOUT_MS = 1000;
/** A server that is alive cancels the statement itself; only a dead one lets the client wait longer. */
const READ_TIMEOUT_MARGIN_MS = 1000;

/**
 * Connects within the time, TLS included.
 *
 * @throws DatabaseError `DATABASE_UNAVAILABLE`; whatever the cause, the server cannot be used.
 */
export async function openConnection(options: ConnectOptions): Promise<Connection> {
  const deadline = performance.now() + options.timeoutMs;
  try {
    let manner: Manner = { tls: await tlsOptions(options.settings.tls), sendStatementTimeout: true };
    for (;;) {
      try {
        return await connect(options, manner, Math.max(1, deadline - performance.now()));
      } catch (error) {
        const humbler = withLess(manner, error, options.settings);
        if (humbler === undefined) throw error;
        manner = humbler;
      }
    }
  } catch (error) {
    throw connectError(error, options);
  }
}

/** What is asked of the server beyond a plain connection. */
type Manner = { readonly tls: ConnectionOptions | false; readonly sendStatementTimeout: boolean };

/** The manner to try again in, if the server only refused something that can be done without. */
function withLess(manner: Manner, error: unknown, settings: ServerSettings): Manner | undefined {
  const message = error instanceof Error ? error.message : '';
  if (
    manner.tls !== false &&
    tlsIsOptional(settings.tls) &&
    message === 'The server does not support SSL connections'
  ) {
    return { ...manner, tls: false };
  }
  // PgBouncer, unless it is told to ignore the parameter. The client still gives up by itself.
  if (manner.sendStatementTimeout && /unsupported startup parameter.*statement_timeout/.test(message)) {
    return { ...manner, sendStatementTimeout: false };
  }
  return undefined;
}

async function connect(
  { settings, applicationName, statementTimeoutMs, onBroken }: ConnectOptions,
  { tls, sendStatementTimeout }: Manner,
  timeoutMs: number,
): Promise<Connection> {
  const socket = new Socket();
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ssl: settings.host?.startsWith('/') === true ? false : tls,
    stream: () => socket,
    connectionTimeoutMillis: timeoutMs,
    application_name: settings.applicationName ?? applicationName,
    options: settings.options,
    keepAlive: settings.keepAlive,
    keepAliveInitialDelayMillis: settings.keepAliveIdleMs,
    types: { getTypeParser },
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + READ_TIMEOUT_MARGIN_MS }),
    ...(statementTimeoutMs > 0 && sendStatementTimeout && { statement_timeout: statementTimeoutMs }),
  });
  const connection: Connection = {
    client,
    broken: undefined,
    cut: (reason) => {
      connection.broken ??= reason;
      socket.destroy();
    },
    end: () => endWithin(client, socket, END_TIMEOUT_MS),
  };
  let open = false;
  // Without a listener a server that goes away would end the process.
  client.on('error', (error) => {
    if (connection.broken !== undefined) return;
    connection.broken = error;
    if (open) onBroken(connection);
  });
  client.on('end', () => {
    connection.broken ??= new Error('Connection terminated');
  });
  try {
    await client.connect();
    open = true;
    return connection;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** A time stamp without zone is UTC (contract section 5), not local time as pg assumes. */
const TIMESTAMP_WITHOUT_ZONE = 1114;
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  const parser = pg.types.getTypeParser(oid, format) as (value: string) => unknown;
  return oid === TIMESTAMP_WITHOUT_ZONE && format !== 'binary' ? (value) => parseUtc(value, parser) : parser;
}

function parseUtc(value: string, parse: (value: string) => unknown): unknown {
  const date = new Date(`${value.replace(' ', 'T')}Z`);
  // `infinity`, and years before Christ.
  return Number.isNaN(date.getTime()) ? parse(value) : date;
}

async function endWithin(client: pg.Client, socket: Socket, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  try {
    await client.end();
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function connectError(error: unknown, { server, timeoutMs }: ConnectOptions): DatabaseError {
  const timedOut = error instanceof Error && error.message === 'timeout expired';
  const text = timedOut ? `no connection within ${timeoutMs} ms` : describeError(error);
  const reason = timedOut ? 'timeout' : (toDatabaseError(error, server)?.reason ?? 'server_unavailable');
  const message = `PostgreSQL ${server}: ${text}`;
  return new DatabaseError('DATABASE_UNAVAILABLE', message, { reason, serverFailed: true, cause: error });
}
