import * as http from 'node:http';
import * as https from 'node:https';
import type { SendUpstream, UpstreamCall, UpstreamHandler, UpstreamRequest } from './upstream-call.ts';
import { classifyFailure } from './upstream-failure.ts';

export type OwnConnectionOptions = {
  origin: string;
  /** Until the connection can be used, TLS included. */
  connectTimeoutMs: number;
  /** Longest silence on the connection, in either direction. */
  uploadTimeoutMs: number;
  /** In place of it for a repeated request: until the head of the answer, and within its body. */
  headersTimeoutMs: number;
  bodyTimeoutMs: number;
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
  // No connection is kept, but the upstream is not told: on `Connection: close` many a server answers an upload
  // early and closes at once, and the reset overtakes the answer.
  const agent = new (secure ? https : http).Agent({ keepAlive: true });
  // Not `maxFreeSockets: 0`: node takes 0 for its default.
  agent.keepSocketAlive = () => false;
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
    return new OwnConnectionCall(outgoing, upstreamRequest, handler, { ...options, secure });
  };
}

/** A call whose answer node's own client reads. */
export class OwnConnectionCall implements UpstreamCall {
  readonly #outgoing: http.ClientRequest;
  readonly #handler: UpstreamHandler;
  #incoming: http.IncomingMessage | undefined;
  #paused = false;
  #over = false;

  constructor(
    outgoing: http.ClientRequest,
    { body, repeated = false }: UpstreamRequest,
    handler: UpstreamHandler,
    options: Omit<OwnConnectionOptions, 'origin'> & { secure: boolean; isConnected?: boolean },
  ) {
    this.#outgoing = outgoing;
    this.#handler = handler;
    outgoing.once('socket', (socket) => {
      let connected = options.isConnected ?? false;
      socket.setNoDelay(true);
      socket.setTimeout(options.connectTimeoutMs);
      socket.once(options.secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        socket.setTimeout(repeated ? options.headersTimeoutMs : options.uploadTimeoutMs);
      });
      socket.on('timeout', () => {
        this.#onTimeout(connected);
      });
    });
    outgoing.on('continue', () => {
      this.#tell(() => {
        handler.onContinue();
      });
    });
    outgoing.on('response', (incoming) => {
      if (repeated) incoming.socket.setTimeout(options.bodyTimeoutMs);
      this.#onResponse(incoming);
    });
    // Nobody asked for another protocol. Without this listener node would drop the connection silently.
    outgoing.on('upgrade', (_incoming, socket) => {
      socket.destroy();
      this.#fail(protocolChange());
    });
    outgoing.on('error', (error) => {
      this.#fail(error);
    });
    // Whatever ends a connection must end its call.
    outgoing.on('close', () => {
      this.#fail(Object.assign(new Error('the connection closed'), { code: 'ECONNRESET' }));
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
    // Not `flushHeaders`: it encodes as UTF-8 what arrived as Latin-1.
    outgoing.write('', 'latin1');
    body.on('data', (chunk: Buffer) => {
      // After the end of the call what the client still sends is discarded.
      if (this.#over || outgoing.destroyed) return;
      this.#handler.onBodySent(chunk);
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
    // Node takes a 101 without `Upgrade` for an answer.
    if (incoming.statusCode === 101) {
      this.#end(protocolChange());
      return;
    }
    this.#incoming = incoming;
    incoming.on('data', (chunk: Buffer) => {
      this.#tell(() => {
        if (this.#handler.onData(chunk)) return;
        this.#paused = true;
        incoming.pause();
      });
    });
    incoming.on('end', () => {
      this.#tell(() => {
        this.#handler.onEnd(incoming.rawTrailers);
        this.#over = true;
      });
      // The answer came before the end of the upload: the rest has no reader.
      if (!this.#outgoing.writableFinished) this.#outgoing.destroy();
    });
    incoming.on('error', (error) => {
      this.#fail(error);
    });
    // The head goes on before the first piece of the body.
    this.#tell(() => {
      this.#handler.onHead(incoming.statusCode ?? 502, incoming.statusMessage ?? '', incoming.rawHeaders);
    });
  }

  #onTimeout(connected: boolean): void {
    // A paused answer waits for the client, which has a time limit of its own.
    if (this.#paused) return;
    const code = connected ? 'UPSTREAM_TIMEOUT' : 'UND_ERR_CONNECT_TIMEOUT';
    this.#outgoing.destroy(Object.assign(new Error(connected ? 'timeout' : 'connect timeout'), { code }));
  }

  /** A handler that throws in the middle of node's own code would end the process. */
  #tell(call: () => void): void {
    if (this.#over) return;
    try {
      call();
    } catch (error) {
      this.#end(error);
    }
  }

  #fail(error: unknown): void {
    // The answer is here as a whole: what breaks now takes nothing from it, and its end is still to be read.
    if (this.#incoming?.complete !== true) this.#end(error);
  }

  #end(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#outgoing.destroy();
    this.#handler.onError(classifyFailure(error));
  }
}

function protocolChange(): Error {
  return new Error('the upstream changed the protocol unasked');
}
