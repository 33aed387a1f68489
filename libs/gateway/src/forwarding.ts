import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBodyTap } from './body-tap.ts';
import { discardRest, hasBody } from './request-body.ts';
import { answerError, type ErrorForm } from './error-answer.ts';
import type { Exchange, GatewayRequest } from './exchange.ts';
import { headerPairs, headerValue } from './hop-by-hop.ts';
import { checkResponseFraming, reasonPhrase } from './check-response.ts';
import { requestHeaders } from './request-headers.ts';
import { responseHeaders } from './response-headers.ts';
import { isRepeatable } from './upstream.ts';
import type { UpstreamCall, UpstreamHandler } from './upstream-call.ts';
import { protocolFailure, refusalOfFailure, type UpstreamFailure } from './upstream-failure.ts';

export type ForwardingOptions = {
  trustForwarded: boolean;
  upstreamKind: string;
  /** After this long without an answer to `Expect: 100-continue` the client is asked for the body. */
  continueTimeoutMs: number;
  /** How long the rest of an upload is read and dropped after an early answer. */
  discardTimeoutMs: number;
  /** Told the size of every piece of a body that passes. */
  onBodyBytes: (bytes: number) => void;
  /** Whether the client's connection should end with this answer. */
  isDraining: () => boolean;
  errorForm: ErrorForm;
  onProblem: (message: string, error: unknown) => void;
};

/** Smaller pieces are copied: that costs less than a system call of their own for the head. */
const LENT_BYTES = 16_384;

/** One request on its way through the gateway: the client on one side, a call to its upstream on the other. */
export class Forwarding implements UpstreamHandler {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #info: GatewayRequest;
  readonly #exchange: Exchange;
  readonly #options: ForwardingOptions;
  readonly #hasBody: boolean;
  readonly #showRequestBody: ((piece: Buffer) => void) | undefined;
  readonly #showResponseBody: ((piece: Buffer) => void) | undefined;
  #sentHeaders: string[] = [];
  #call: UpstreamCall | undefined;
  #continueTimer: NodeJS.Timeout | undefined;
  /** The client waits for our word before it sends the body. */
  #awaitsContinue = false;
  #answered = false;
  #repeated = false;
  #failure: UpstreamFailure | undefined;
  #headSent = false;
  /** A borrowed piece of the body is on its way to the client. */
  #lent = false;
  readonly #onSent = (): void => {
    this.#takeBack();
  };
  #bytesToClient = 0;
  #bytesFromClient = 0;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    info: GatewayRequest,
    exchange: Exchange,
    options: ForwardingOptions,
  ) {
    this.#request = request;
    this.#response = response;
    this.#info = info;
    this.#exchange = exchange;
    this.#options = options;
    this.#hasBody = hasBody(info.rawHeaders);
    this.#showRequestBody = createBodyTap(exchange.onRequestBody?.bind(exchange), options.onProblem);
    this.#showResponseBody = createBodyTap(exchange.onResponseBody?.bind(exchange), options.onProblem);
  }

  start(expectsContinue: boolean): void {
    const { rawHeaders, clientAddress } = this.#info;
    this.#awaitsContinue = expectsContinue && this.#hasBody;
    this.#response.on('drain', () => {
      if (!this.#lent) this.#call?.resume();
    });
    this.#response.once('close', () => {
      this.#onClose();
    });
    this.#sentHeaders = requestHeaders({
      rawHeaders,
      clientAddress,
      defaultHost: this.#exchange.upstream.host,
      expectsContinue: this.#awaitsContinue,
      chunked: this.#hasBody && headerValue(rawHeaders, 'transfer-encoding') !== undefined,
      method: this.#info.method,
      trustForwarded: this.#options.trustForwarded,
      replaced: this.#exchange.upstreamHeaders ?? {},
    });
    if (this.#response.destroyed) {
      // The client left while its upstream was being chosen.
      this.#onClose();
      return;
    }
    if (this.#awaitsContinue) {
      this.#continueTimer = setTimeout(() => {
        this.onContinue();
      }, this.#options.continueTimeoutMs);
    }
    this.#send();
  }

  /** Whether a silence on the client's connection is the client's own. */
  waitsForClient(): boolean {
    if (this.#lent || this.#response.writableNeedDrain || this.#response.writableEnded) return true;
    return this.#hasBody && !this.#awaitsContinue && !this.#request.complete && !this.#request.isPaused();
  }

  onContinue(): void {
    clearTimeout(this.#continueTimer);
    if (!this.#awaitsContinue || this.#answered || this.#response.destroyed) return;
    this.#awaitsContinue = false;
    this.#response.writeContinue();
  }

  onHead(status: number, statusMessage: string, rawHeaders: string[]): void {
    const response = this.#response;
    if (response.destroyed || this.#answered) return;
    const fault = checkResponseFraming(rawHeaders);
    if (fault !== undefined) {
      this.#refuseAnswer(fault);
      return;
    }
    this.#beforeAnswer();
    this.#hook(() => {
      const elapsedMs = performance.now() - this.#info.arrivedAtMs;
      this.#exchange.onResponseHead?.({ status, rawHeaders, elapsedMs });
    });
    const location = { from: this.#exchange.upstream.origin, requestHeaders: this.#sentHeaders };
    try {
      const phrase = reasonPhrase(status, statusMessage);
      response.writeHead(status, phrase, responseHeaders(rawHeaders, location));
      // The head travels with the first piece of the body if that is here already, and else without it.
      setImmediate(() => {
        this.#sendHead();
      });
    } catch (error) {
      this.#refuseAnswer(error);
    }
  }

  onData(chunk: Buffer, borrowed = false): boolean {
    if (this.#response.destroyed) return true;
    this.#bytesToClient += chunk.length;
    this.#showResponseBody?.(chunk);
    if (borrowed) return this.#sendBorrowed(chunk);
    this.#options.onBodyBytes(chunk.length);
    return this.#response.write(chunk);
  }

  /** Large pieces go to the client's connection as they are, if it is this response's turn. */
  #sendBorrowed(chunk: Buffer): boolean {
    const response = this.#response;
    const { socket } = response;
    if (socket === null || chunk.length < LENT_BYTES) return response.write(Buffer.from(chunk));
    this.#sendHead();
    socket.write(chunk, this.#onSent);
    // Mostly the kernel has taken all of it at once.
    if (socket.writableLength === 0) return true;
    this.#lent = true;
    return false;
  }

  /** Not by `flushHeaders`: it encodes as UTF-8 what arrived as Latin-1. */
  #sendHead(): void {
    const response = this.#response;
    if (this.#headSent || response.writableEnded || response.destroyed) return;
    this.#headSent = true;
    response.write('', 'latin1');
  }

  #takeBack(): void {
    if (!this.#lent || this.#response.socket?.writableLength !== 0) return;
    this.#lent = false;
    this.#call?.resume();
  }

  onEnd(rawTrailers: string[]): void {
    const response = this.#response;
    if (response.destroyed) return;
    if (rawTrailers.length > 0 && /\btrailers\b/i.test(headerValue(this.#info.rawHeaders, 'te') ?? '')) {
      response.addTrailers(headerPairs(rawTrailers));
    }
    response.end();
    discardRest(this.#request, this.#options.discardTimeoutMs);
  }

  onError(failure: UpstreamFailure): void {
    const stale = failure.connectionLost && !this.#answered && !this.#repeated;
    if (stale && isRepeatable(this.#info.method, this.#hasBody) && !this.#response.destroyed) {
      // A kept connection that the upstream closed while the request was under way: nothing is known to be wrong.
      this.#repeated = true;
      try {
        this.#send();
      } catch (error) {
        this.#fail(protocolFailure(error));
      }
      return;
    }
    this.#fail(failure);
  }

  onBodySent(piece: Buffer): void {
    this.#bytesFromClient += piece.length;
    this.#options.onBodyBytes(piece.length);
    this.#showRequestBody?.(piece);
  }

  #send(): void {
    const { method, target } = this.#info;
    const body = this.#hasBody ? this.#request : undefined;
    const rawHeaders = this.#sentHeaders;
    const expectsContinue = this.#awaitsContinue;
    const repeated = this.#repeated;
    this.#call = this.#exchange.upstream.send(
      { method, target, rawHeaders, body, expectsContinue, repeated },
      this,
    );
  }

  #refuseAnswer(cause: unknown): void {
    this.#call?.abort();
    this.#fail(protocolFailure(cause));
  }

  #fail(failure: UpstreamFailure): void {
    this.#failure = failure;
    const response = this.#response;
    if (response.destroyed) return;
    if (response.headersSent) {
      // Only a broken connection tells the client that the body is not complete.
      response.destroy();
      return;
    }
    this.#beforeAnswer();
    const refusal = refusalOfFailure(failure, this.#options.upstreamKind);
    answerError(response, refusal, this.#options.errorForm);
    discardRest(this.#request, this.#options.discardTimeoutMs);
  }

  #beforeAnswer(): void {
    this.#answered = true;
    clearTimeout(this.#continueTimer);
    // A client that was not asked for its body may send it or not; only the end of the connection is clear.
    if (this.#awaitsContinue || this.#options.isDraining()) this.#response.shouldKeepAlive = false;
  }

  #onClose(): void {
    clearTimeout(this.#continueTimer);
    const response = this.#response;
    const complete = response.writableFinished;
    if (!complete) this.#call?.abort();
    this.#hook(() => {
      this.#exchange.onEnd?.({
        status: response.headersSent ? response.statusCode : undefined,
        bytesToClient: this.#bytesToClient,
        bytesFromClient: this.#bytesFromClient,
        aborted: !complete && this.#failure === undefined,
        upstreamError: this.#failure,
        elapsedMs: performance.now() - this.#info.arrivedAtMs,
      });
    });
  }

  #hook(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.onProblem('A hook of the gateway threw.', error);
    }
  }
}
