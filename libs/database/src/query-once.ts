import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseServerSettings } from '@quay-observability/quay-config';
import { toDatabaseError } from './database-error.ts';
import { openConnection, type Connection } from './open-connection.ts';
import { parseServerSettings } from './server-settings.ts';

/** A statement that takes longer may be waiting for a server that hangs. */
const SUSPICIOUS_MS = 500;

export type QueryOnceOptions = {
  readonly server: DatabaseServerSettings;
  /** Shown in `pg_stat_activity`, unless the settings name one. */
  readonly applicationName: string;
  /** For the connection, TLS and log-in included; a shorter `connect_timeout` of the settings wins. */
  readonly connectTimeoutMs: number;
  /** After this PostgreSQL cancels the statement; a server that does not react is given up a second later. */
  readonly statementTimeoutMs: number;
  /** Once it aborts the connection is cut. */
  readonly signal: AbortSignal;
};

/**
 * Runs one statement on a connection of its own, outside every pool: whatever becomes of it, no other caller notices,
 * and the connection is closed.
 *
 * @throws the reason of the signal once that has aborted; CodedError `DATABASE_UNSUPPORTED` or `DATABASE_URL_INVALID`,
 * DatabaseError `DATABASE_UNAVAILABLE`, or what PostgreSQL says of the statement
 */
export async function queryOnce<Row extends Record<string, unknown>>(
  options: QueryOnceOptions,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const { signal } = options;
  const settings = parseServerSettings(options.server);
  signal.throwIfAborted();
  const open = () =>
    openConnection({
      settings,
      server: settings.display,
      applicationName: options.applicationName,
      timeoutMs: Math.min(options.connectTimeoutMs, settings.connectTimeoutMs ?? Number.POSITIVE_INFINITY),
      statementTimeoutMs: options.statementTimeoutMs,
      onBroken: () => undefined,
    });
  const connection = await unlessAborted(open(), signal);
  const cut = () => {
    connection.cut(signal.reason as Error);
  };
  signal.addEventListener('abort', cut, { once: true });
  const answered = new AbortController();
  void cutIfServerHangs(connection, open, answered.signal);
  try {
    const { rows } = await connection.client.query<Row>(sql, [...values]);
    return rows;
  } catch (error) {
    signal.throwIfAborted();
    throw toDatabaseError(connection.broken ?? error, settings.display) ?? error;
  } finally {
    answered.abort();
    signal.removeEventListener('abort', cut);
    farewell(connection);
  }
}

/**
 * Tells a slow statement from a server that hangs: the server takes no further connection either. Then there is no
 * point in waiting for the statement's own time-out, which nobody is left to enforce.
 */
async function cutIfServerHangs(
  connection: Connection,
  open: () => Promise<Connection>,
  answered: AbortSignal,
): Promise<void> {
  try {
    await pause(SUSPICIOUS_MS, undefined, { signal: answered });
  } catch {
    return;
  }
  await open().then(farewell, (error: unknown) => {
    if (!answered.aborted) connection.cut(error as Error);
  });
}

/** A connection that comes too late is closed again. */
async function unlessAborted(opening: Promise<Connection>, signal: AbortSignal): Promise<Connection> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(signal.reason as Error);
    opening.then(farewell, () => undefined);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([opening, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Nobody waits for it; after a second it is cut. */
function farewell(connection: Connection): void {
  connection.end().catch(() => undefined);
}
