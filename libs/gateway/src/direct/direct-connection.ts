import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange, GatewayRequest, StartExchange } from '../exchange.ts';
import { describeRequest } from '../describe-request.ts';
import type { Refusal } from '../check-request.ts';
import { DirectAnswer, type DirectAnswerOptions } from './direct-answer.ts';
import { parseHeaders } from './parse-headers.ts';
import { readPlainRequest, type PlainRequest } from './read-request.ts';

export type DirectConnectionOptions = DirectAnswerOptions & {
  maxHeaderBytes: number;
  /** For the first bytes of a connection. */
  headersTimeoutMs: number;
  /** Longest silence of a client that is to read. */
  clientIdleTimeoutMs: number;
  startExchange: StartExchange;
  /** Answer for a request that cannot be given to an upstream. */
  noExchange: Refusal;
  onRefused: (refusal: Refusal, method: string) => void;
  /** Whether the request may be served here and now; if so it counts as under way until `finished`. */
  admit: (request: PlainRequest) => boolean;
  finished: () => void;
  /** Node's server takes the connection, with what has been read of it. */
  handOver: (socket: Socket, read: Buffer) => void;
  onGone: (connection: DirectConnection) => void;
};

/**
 * A client's connection for as long as it sends nothing but plain requests, one at a time. The first of any other
 * kind goes to node's server together with the connection.
 */
export class DirectConnection {
  readonly #socket: Socket;
  readonly #options: DirectConnectionOptions;
  readonly #onData = (bytes: Buffer): void => {
    this.#read(bytes);
  };
  readonly #onEnd = (): void => {
    // A client that half-closes its connection counts as gone, as with nginx and Go.
    this.#socket.destroy();
  };
  readonly #onTimeout = (): void => {
    this.#timedOut();
  };
  readonly #onClose = (): void => {
    this.#answer?.closed();
    this.#done();
    this.#options.onGone(this);
  };
  #answer: DirectAnswer | undefined;
  #isServing = false;
  /** What the client has sent before its answer was complete. */
  #early: Buffer | undefined;
  #idleSinceMs = performance.now();
  #isFirst = true;
  /** Of a client that does not read. */
  #silentMs = 0;
  #writtenBefore = 0;

  constructor(socket: Socket, options: DirectConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('timeout', this.#onTimeout);
    socket.on('close', this.#onClose);
    socket.on('error', ignore);
    socket.setTimeout(options.headersTimeoutMs);
  }

  /** Ends the connection unless a request is under way. */
  closeIfIdle(): void {
    if (!this.#isServing) this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    if (this.#isServing) {
      this.#early = this.#early === undefined ? bytes : Buffer.concat([this.#early, bytes]);
      this.#socket.pause();
      return;
    }
    const tooLarge = bytes.length > this.#options.maxHeaderBytes;
    const request = tooLarge ? undefined : readPlainRequest(bytes);
    if (request === undefined || !this.#options.admit(request)) this.#handOver(bytes);
    else this.#serve(request);
  }

  #serve(request: PlainRequest): void {
    this.#isServing = true;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#limitIdleness();
    }
    const info = describeRequest(request, this.#socket, readHeaders);
    try {
      const exchange = this.#options.startExchange(info);
      if (exchange instanceof Promise)
        exchange
          .then((decided) => this.#forward(info, decided))
          .catch((error: unknown) => this.#refuse(info, error));
      else this.#forward(info, exchange);
    } catch (error) {
      this.#refuse(info, error);
    }
  }

  #forward(info: GatewayRequest, exchange: Exchange): void {
    const answer = this.#answerOf(info, exchange);
    // The client may have left while its upstream was being chosen.
    if (this.#socket.destroyed) answer.closed();
    else answer.start();
  }

  #refuse(info: GatewayRequest, error: unknown): void {
    this.#options.onProblem('A request could not be given to an upstream.', error);
    if (this.#socket.destroyed) return;
    // What has begun is told of its end.
    (this.#answer ?? this.#answerOf(info, undefined)).refuse(this.#options.noExchange);
    this.#options.onRefused(this.#options.noExchange, info.method);
  }

  #answerOf(info: GatewayRequest, exchange: Exchange | undefined): DirectAnswer {
    this.#answer = new DirectAnswer(this.#socket, info, exchange, this.#options, (keepAlive) => {
      this.#answered(keepAlive);
    });
    return this.#answer;
  }

  #answered(keepAlive: boolean): void {
    this.#done();
    this.#idleSinceMs = performance.now();
    this.#limitIdleness();
    const early = this.#early;
    this.#early = undefined;
    if (!keepAlive) this.#socket.end(() => this.#socket.destroy());
    else if (early !== undefined) {
      // Whoever does not wait for answers goes to node's server, which keeps them in order.
      this.#handOver(early);
    }
  }

  #done(): void {
    if (!this.#isServing) return;
    this.#isServing = false;
    this.#answer = undefined;
    this.#options.finished();
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('timeout', this.#onTimeout);
    socket.off('close', this.#onClose);
    socket.off('error', ignore);
    this.#options.onGone(this);
    this.#options.handOver(socket, bytes);
  }

  #timedOut(): void {
    const { keepAliveMs, headersTimeoutMs } = this.#options;
    const limitMs = this.#isFirst ? headersTimeoutMs : keepAliveMs;
    const restMs = this.#isServing ? this.#restOfPatience() : this.#idleSinceMs + limitMs - performance.now();
    if (restMs <= 1) this.#socket.destroy();
    else this.#socket.setTimeout(restMs);
  }

  /** How long a client that does not read may go on so. */
  #restOfPatience(): number {
    const { clientIdleTimeoutMs } = this.#options;
    if (this.#answer?.waitsForClient() !== true) return clientIdleTimeoutMs;
    const { bytesWritten, timeout = 0 } = this.#socket;
    // The socket tells of silence only; a piece that was handed over since the last time means that there was none.
    if (bytesWritten !== this.#writtenBefore) this.#silentMs = 0;
    this.#writtenBefore = bytesWritten;
    this.#silentMs += timeout;
    return clientIdleTimeoutMs - this.#silentMs;
  }

  /** One time limit for all there is to wait for: setting one for each request would cost more than to look twice. */
  #limitIdleness(): void {
    const { clientIdleTimeoutMs, keepAliveMs } = this.#options;
    const lookMs = Math.min(clientIdleTimeoutMs, keepAliveMs);
    this.#silentMs = 0;
    if (this.#socket.timeout !== lookMs) this.#socket.setTimeout(lookMs);
  }
}

function readHeaders({ rawHeaders }: GatewayRequest): IncomingHttpHeaders {
  return parseHeaders(rawHeaders);
}

function ignore(): void {
  // A broken connection shows as its 'close'.
}
