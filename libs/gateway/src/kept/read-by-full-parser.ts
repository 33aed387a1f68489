import * as http from 'node:http';
import { Duplex } from 'node:stream';
import { OwnConnectionCall } from '../send-on-own-connection.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../upstream-call.ts';
import type { ConnectionUser, KeptConnection } from './kept-connection.ts';

export type FullParserOptions = {
  /** From the request on, until the head of the answer is complete. */
  headersTimeoutMs: number;
  bodyTimeoutMs: number;
  maxHeaderBytes: number;
};

/** An answer that somebody else has begun to read. */
export type BegunAnswer = {
  readonly received: Buffer;
  /** `performance.now()` when the request was sent. */
  readonly sentAtMs: number;
};

/**
 * Lets node's own HTTP client read an answer that has begun. The connection is not used
 * again afterwards.
 */
export function readByFullParser(
  connection: KeptConnection,
  { received, sentAtMs }: BegunAnswer,
  request: UpstreamRequest,
  handler: UpstreamHandler,
  options: FullParserOptions,
): UpstreamCall {
  const replayed = new ReplayedConnection(connection, received);
  const { method, target, rawHeaders } = request;
  const outgoing = http.request({
    createConnection: () => replayed,
    method,
    path: target,
    headers: rawHeaders,
    maxHeaderSize: options.maxHeaderBytes,
    insecureHTTPParser: false,
  });
  const timer = setTimeout(
    () => outgoing.destroy(Object.assign(new Error('timeout'), { code: 'UPSTREAM_TIMEOUT' })),
    Math.max(0, sentAtMs + options.headersTimeoutMs - performance.now()),
  );
  for (const event of ['response', 'close']) outgoing.once(event, () => clearTimeout(timer));
  return new OwnConnectionCall(
    outgoing,
    // Timed as a request without a body is.
    { ...request, repeated: true },
    handler,
    {
      ...options,
      secure: false,
      isConnected: true,
      connectTimeoutMs: options.headersTimeoutMs,
      uploadTimeoutMs: options.headersTimeoutMs,
    },
  );
}

/** A connection on which the request has been sent and a part of the answer been read: node sees it as a fresh one. */
class ReplayedConnection extends Duplex implements ConnectionUser {
  readonly #connection: KeptConnection;
  #hasEnded = false;

  constructor(connection: KeptConnection, received: Buffer) {
    super({ autoDestroy: true });
    this.#connection = connection;
    // What was received lies in the buffer that the connection reads into.
    this.push(Buffer.from(received));
    connection.handOver(this);
  }

  onBytes(bytes: Buffer): boolean {
    return this.push(Buffer.from(bytes));
  }

  onEnd(): void {
    this.#hasEnded = true;
    this.push(null);
  }

  onClosed(error: Error): void {
    // What has come before the end may still be waiting to be read.
    if (!this.#hasEnded) this.destroy(error);
  }

  /** How node ends the connection of an answer that is complete. */
  destroySoon(): void {
    this.destroy();
  }

  onSilence(): void {
    this.emit('timeout');
  }

  /** As node's sockets have it. */
  setTimeout(silenceMs: number): this {
    this.#connection.limitSilence(silenceMs);
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    this.#connection.resume();
  }

  /** The request has been sent before. */
  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection.destroy();
    done(error);
  }
}
