import type { ErrorCode } from '@quay-observability/coded-errors';
import { CodedError } from '@quay-observability/coded-errors';
import type { FallbackReason } from './database.ts';

/** A server that cannot be used right now, as opposed to a statement that it refuses. */
export class DatabaseError extends CodedError {
  /** What a read that falls back to the primary is counted under. */
  readonly reason: FallbackReason;
  /** Whether the server as such is to blame: a full pool or a recovery conflict is not. */
  readonly serverFailed: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    details: { readonly reason: FallbackReason; readonly serverFailed: boolean; readonly cause?: unknown },
  ) {
    super(code, message, { cause: details.cause });
    this.name = 'DatabaseError';
    this.reason = details.reason;
    this.serverFailed = details.serverFailed;
  }
}

/**
 * Turns an error of pg into a {@link DatabaseError} if another server, or the same one later, may well
 * do what was asked. Undefined for everything that the statement itself is to blame for, statement
 * time-outs included: repeating those elsewhere only doubles the load.
 */
export function toDatabaseError(error: unknown, server: string): DatabaseError | undefined {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  const sqlState =
    typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : undefined;
  const unavailable = (reason: FallbackReason, serverFailed: boolean, text = describeError(error)) =>
    new DatabaseError('DATABASE_UNAVAILABLE', `PostgreSQL ${server}: ${text}`, {
      reason,
      serverFailed,
      cause: error,
    });

  if (error.message.endsWith('Query read timeout'))
    return unavailable('timeout', true, 'no answer to a query in time');
  if (sqlState !== undefined) {
    if (sqlState.startsWith('08')) return unavailable('connection_error', true);
    // The standby cancelled the query because of replayed changes: the server is fine.
    if (sqlState === '40001' && error.message.includes('recovery'))
      return unavailable('server_unavailable', false);
    return SERVER_REFUSES.test(sqlState) ? unavailable('server_unavailable', true) : undefined;
  }
  if (TIMED_OUT.has(String(code))) return unavailable('timeout', true);
  if (typeof code === 'string' && NETWORK.test(code)) return unavailable('connection_error', true);
  const lost = CONNECTION_LOST.exec(error.message)?.groups?.text;
  return lost === undefined ? undefined : unavailable('connection_error', true, lost);
}

/** Shutting down, starting, out of connections or memory. */
const SERVER_REFUSES = /^(57P0[1-5]|53[0-9A-Z]{3}|58[0-9A-Z]{3}|XX[0-9A-Z]{3})$/;
const NETWORK =
  /^(E(CONN|HOST|NET|PIPE|NOTFOUND|AI_|ADDR|ALREADY|NOENT|ACCES|PROTO)|ERR_SSL|ERR_TLS|ERR_SOCKET|CERT_|DEPTH_|SELF_|UNABLE_TO)/;
const TIMED_OUT = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);
/** Errors of pg without a code; knex puts the statement in front. */
const CONNECTION_LOST =
  /(?:^| - )(?<text>(?:Connection terminated|Client has encountered a connection error|Client was closed|The server does not support SSL|There was an error establishing an SSL)[^\n]*)$/;

/** The message of an error, also of those that have none of their own. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(describeError).join('; ');
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return error.message === '' && typeof code === 'string' ? code : error.message;
}
