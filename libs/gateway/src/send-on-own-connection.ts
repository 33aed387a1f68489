import * as http from 'node:http';
import * as https from 'node:https';
import type { SendUpstream, UpstreamCall, UpstreamHandler, UpstreamRequest } from './upstream-call.ts';
import { classifyFailure } from './upstream-failure.ts';

export type OwnConnectionOptions = {
  origin: string;
  connectTimeoutMs: number;
  /** Longest silence on the connection, in either direction. */
  uploadTimeoutMs: number;
  maxHeaderBytes: number;
};

/**
 * Sends a request on a connection of its own, which ends with it. Unlike undici, node's client knows
 * `Expect: 100-continue`, and sends the head before the body's first byte: an upstream that refuses
 * the upload can say so before it begins.
 */
export function sendOnOwnConnection(options: OwnConnectionOptions): SendUpstream {
  const { protocol, hostname, port } = new URL(options.origin);
  const secure = protocol === 'https:';
  const agent = new (secure ? https : http).Agent({ keepAlive: false });
  const request = secure ? https.request : http.request;
  const fixed = {
    agent,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    maxHeaderSize: options.maxHeaderBytes,
    insecureHTTPParser: false,
  };
  return (upstreamRequest, handler) => {
    const { method, target, rawHeaders } = upstreamRequest;
    const outgoing = request({ ...fixed, method, path: target, headers: rawHeaders });
    return new OwnConnectionCall(outgoing, upstreamRequest, handler, options);
  };
}

class OwnConnectionCall implements UpstreamCall {
  readonly #outgoing: http.ClientRequest;
  readonly #handler: UpstreamHandler;
  #incoming: http.IncomingMessage | undefined;
  #paused = false;
  #over = false;

  constructor(
    outgoing: http.ClientRequest,
    { body }: UpstreamRequest,
    handler: UpstreamHandler,
    { connectTimeoutMs, uploadTimeoutMs }: OwnConnectionOptions,
  ) {
    this.#outgoing = outgoing;
    this.#handler = handler;
    outgoing.once('socket', (socket) => {
      socket.setNoDelay(true);
      socket.setTimeout(connectTimeoutMs);
      socket.once('connect', () => socket.setTimeout(uploadTimeoutMs));
      socket.on('timeout', () => {
        this.#onTimeout(socket.connecting);
      });
    });
    outgoing.on('continue', () => {
      if (!this.#over) handler.onContinue();
    });
    outgoing.on('response', (incoming) => {
      this.#onResponse(incoming);
    });
    outgoing.on('error', (error) => {
      this.#fail(error);
    });
    if (body === undefined) outgoing.end();
    else this.#sendBody(body);
  }

  resume(): void {
    this.#paused = false;
    this.#incoming?.resume();
  }

  abort(): void {
    this.#over = true;
    this.#outgoing.destroy();
  }

  #sendBody(body: http.IncomingMessage): void {
    const outgoing = this.#outgoing;
    outgoing.flushHeaders();
    body.on('data', (chunk: Buffer) => {
      // After the end of the call what the client still sends is discarded.
      if (this.#over || outgoing.destroyed) return;
      this.#handler.onBodySent(chunk.length);
      if (!outgoing.write(chunk)) body.pause();
    });
    outgoing.on('drain', () => body.resume());
    outgoing.on('close', () => body.resume());
    body.on('end', () => {
      // A body that broke off has no end: the upstream must not take it for complete.
      if (body.complete) outgoing.end();
    });
  }

  #onResponse(incoming: http.IncomingMessage): void {
    if (this.#over) return;
    this.#incoming = incoming;
    incoming.on('data', (chunk: Buffer) => {
      if (this.#over || this.#handler.onData(chunk)) return;
      this.#paused = true;
      incoming.pause();
    });
    incoming.on('end', () => {
      if (this.#over) return;
      this.#over = true;
      this.#handler.onEnd(incoming.rawTrailers);
      // The answer came before the end of the upload: the rest has no reader.
      if (!this.#outgoing.writableFinished) this.#outgoing.destroy();
    });
    incoming.on('error', (error) => {
      this.#fail(error);
    });
    // The head goes on before the first piece of the body.
    this.#handler.onHead(incoming.statusCode ?? 502, incoming.statusMessage ?? '', incoming.rawHeaders);
  }

  #onTimeout(connecting: boolean): void {
    // A paused answer waits for the client, which has a time limit of its own.
    if (this.#paused) return;
    const code = connecting ? 'UND_ERR_CONNECT_TIMEOUT' : 'UPSTREAM_TIMEOUT';
    this.#outgoing.destroy(Object.assign(new Error(connecting ? 'connect timeout' : 'timeout'), { code }));
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#outgoing.destroy();
    this.#handler.onError(classifyFailure(error));
  }
}
