import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import { CodedError } from '@quay-observability/coded-errors';
import type { RedisSettings, RedisTlsSettings } from '@quay-observability/quay-config';

/** Options of ioredis, with replies in the shapes of RESP2. */
export type ClientOptions = RedisOptions & { replyMapping?: 'legacy' };

const FIRST_BACKOFF_MS = 100;
const KEEP_ALIVE_IDLE_MS = 10_000;
/** So often at most a Redis that is read-only is left; its address may lead to it for a while, or for good. */
const LEAVE_EVERY_MS = 5000;

/**
 * Quay's settings as options of ioredis.
 *
 * @throws CodedError `TLS_FILE_UNREADABLE`
 */
export function connectOptions(settings: RedisSettings, name: string, maxBackoffMs: number): ClientOptions {
  return {
    ...(settings.socketPath === undefined
      ? { host: settings.host, port: settings.port }
      : { path: settings.socketPath }),
    db: settings.db,
    ...(settings.username !== undefined && { username: settings.username }),
    ...(settings.password !== undefined && { password: settings.password }),
    ...(settings.tls !== undefined && { tls: tlsOptions(settings.tls) }),
    connectionName: name.replaceAll(/[^\w.:-]/g, '-'),
    connectTimeout: settings.connectTimeoutMs,
    disconnectTimeout: 1000,
    keepAlive: KEEP_ALIVE_IDLE_MS,
    // ioredis 6 speaks RESP3 unless told; BullMQ does not.
    protocol: 2,
    // The client is not complete before its constructor has run.
    lazyConnect: true,
    // The queue of ioredis has no bound: without a connection a command fails at once.
    enableOfflineQueue: false,
    // A command whose answer got lost may have taken effect: sent again it would count twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: leavingReplicas(),
    retryStrategy: (attempt) => backoffMs(attempt, maxBackoffMs),
  };
}

/**
 * After a failover the old master may go on as a replica, and keep its connections, while the address leads to the new
 * one. Scripts of old servers have the word further on in the message.
 */
function leavingReplicas(): (error: Error) => boolean {
  let leftAt = -Infinity;
  return ({ message }) => {
    if (!/(^|-)READONLY /.test(message) || performance.now() < leftAt + LEAVE_EVERY_MS) return false;
    leftAt = performance.now();
    return true;
  };
}

/** Doubles up to the cap; the jitter keeps the clients of many processes from coming back in step. */
export function backoffMs(attempt: number, maxBackoffMs: number, random: () => number = Math.random): number {
  const full = Math.min(maxBackoffMs, FIRST_BACKOFF_MS * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (random() * full) / 2);
}

/** `redis at host:port/db`, for messages; holds no credentials. */
export function displayName({ host, port, socketPath, db }: RedisSettings): string {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return `${socketPath ?? address}/${db}`;
}

function tlsOptions(tls: RedisTlsSettings): ConnectionOptions {
  return {
    rejectUnauthorized: tls.verifyCertificate,
    ...(!tls.verifyHostname && { checkServerIdentity: () => undefined }),
    ...(tls.caFile !== undefined && { ca: read(tls.caFile) }),
    ...(tls.certificateFile !== undefined && { cert: read(tls.certificateFile) }),
    ...(tls.keyFile !== undefined && { key: read(tls.keyFile) }),
  };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CodedError('TLS_FILE_UNREADABLE', `The TLS file ${file} cannot be read: ${cause}`, {
      cause: error,
    });
  }
}
