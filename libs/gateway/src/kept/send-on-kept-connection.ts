import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from '../upstream-call.ts';
import { classifyFailure } from '../upstream-failure.ts';
import { readAnswerHead } from './answer-head.ts';
import type { ConnectionUser, KeptConnection } from './kept-connection.ts';
import type { KeptConnections } from './kept-connections.ts';
import { readByFullParser, type FullParserOptions } from './read-by-full-parser.ts';

export type KeptCallOptions = FullParserOptions & {
  /** Until the head of the answer. */
  headersTimeoutMs: number;
  /** Longest silence within the answer's body. */
  bodyTimeoutMs: number;
};

const HEAD_END = '\r\n\r\n';

/**
 * Sends a GET or OPTIONS without a body on a kept connection, and reads the answer without copying it. An
 * answer that is not of the plainest kind goes to node's own parser, with the connection it comes on.
 * Undefined if no connection is to be had.
 */
export function sendOnKeptConnection(
  connections: KeptConnections,
  request: UpstreamRequest,
  handler: UpstreamHandler,
  options: KeptCallOptions,
): UpstreamCall | undefined {
  const connection = connections.take();
  if (connection === undefined) return undefined;
  const call = new KeptCall(connections, connection, request, handler, options);
  connection.serve(call, requestText(request));
  connection.limitSilence(options.headersTimeoutMs);
  return call;
}

/** Every part has been checked: where it arrived, or where it was added (`requestHeaders`). Headers are Latin-1. */
function requestText({ method, target, rawHeaders }: UpstreamRequest): string {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2)
    text += `${rawHeaders[index] ?? ''}: ${rawHeaders[index + 1] ?? ''}\r\n`;
  return `${text}\r\n`;
}

class KeptCall implements UpstreamCall, ConnectionUser {
  readonly #connections: KeptConnections;
  readonly #connection: KeptConnection;
  readonly #request: UpstreamRequest;
  readonly #handler: UpstreamHandler;
  readonly #options: KeptCallOptions;
  readonly #sentAtMs = performance.now();
  #inBody = false;
  #keepAlive = false;
  /** Bytes of the body that are still to come. */
  #missing = 0;
  #paused = false;
  #over = false;
  /** The call that node's parser reads for, once it has taken over. */
  #handedOver: UpstreamCall | undefined;

  constructor(
    connections: KeptConnections,
    connection: KeptConnection,
    request: UpstreamRequest,
    handler: UpstreamHandler,
    options: KeptCallOptions,
  ) {
    this.#connections = connections;
    this.#connection = connection;
    this.#request = request;
    this.#handler = handler;
    this.#options = options;
  }

  resume(): void {
    if (this.#handedOver !== undefined) {
      this.#handedOver.resume();
      return;
    }
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#connection.resume();
    if (this.#missing === 0) this.#tell(() => this.#complete());
    else this.#connection.limitSilence(this.#options.bodyTimeoutMs);
  }

  abort(): void {
    this.#over = true;
    if (this.#handedOver === undefined) this.#connection.destroy();
    else this.#handedOver.abort();
  }

  onBytes(bytes: Buffer): boolean {
    return this.#tell(() => (this.#inBody ? this.#readBody(bytes) : this.#readHead(bytes))) ?? true;
  }

  onEnd(): void {
    this.#fail(lost());
  }

  onClosed(error: Error): void {
    this.#fail(error);
  }

  onSilence(): void {
    // A paused answer waits for the client, which has a time limit of its own.
    if (!this.#paused) this.#fail(Object.assign(new Error('timeout'), { code: 'UPSTREAM_TIMEOUT' }));
  }

  /** A head mostly comes in one piece; of any other the full parser notices at once what is wrong. */
  #readHead(bytes: Buffer): boolean {
    const end = bytes.indexOf(HEAD_END, 0, 'latin1');
    const headBytes = end + HEAD_END.length;
    const readable = end !== -1 && headBytes <= this.#options.maxHeaderBytes;
    const head = readable ? readAnswerHead(bytes.toString('latin1', 0, end)) : undefined;
    if (head === undefined) {
      this.#handOver(bytes);
      return true;
    }
    this.#inBody = true;
    this.#keepAlive = head.keepAlive;
    this.#missing = head.contentLength;
    this.#connection.expectBody(head.contentLength);
    const body = bytes.subarray(headBytes);
    if (body.length < head.contentLength) this.#connection.limitSilence(this.#options.bodyTimeoutMs);
    this.#handler.onHead(head.status, head.statusMessage, head.rawHeaders);
    return this.#over || this.#readBody(body);
  }

  #readBody(bytes: Buffer): boolean {
    const surplus = bytes.length > this.#missing;
    const piece = surplus ? bytes.subarray(0, this.#missing) : bytes;
    this.#missing -= piece.length;
    // What follows an answer belongs to no request.
    if (surplus) this.#keepAlive = false;
    const goesOn = piece.length === 0 || this.#handler.onData(piece, true);
    if (this.#over) return true;
    if (!goesOn) {
      this.#paused = true;
      return false;
    }
    if (this.#missing === 0) this.#complete();
    return true;
  }

  /** A handler that throws in the middle of node's own code would end the process. */
  #tell<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #complete(): void {
    this.#handler.onEnd([]);
    if (this.#over) return;
    this.#over = true;
    if (this.#keepAlive) this.#connections.giveBack(this.#connection);
    else this.#connection.destroy();
  }

  #handOver(received: Buffer): void {
    this.#handedOver = readByFullParser(
      this.#connection,
      { received, sentAtMs: this.#sentAtMs },
      this.#request,
      this.#handler,
      this.#options,
    );
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    // The answer is here as a whole, and only its last piece is still on its way to the client.
    if (this.#paused && this.#missing === 0) return;
    this.#over = true;
    this.#connection.destroy();
    this.#handler.onError(classifyFailure(error));
  }
}

function lost(): Error {
  return Object.assign(new Error('the upstream closed the connection'), { code: 'ECONNRESET' });
}
