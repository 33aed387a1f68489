import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../check-request.ts';
import { checkResponseFraming, reasonPhrase } from '../check-response.ts';
import { createBodyTap } from '../body-tap.ts';
import type { ErrorForm } from '../error-answer.ts';
import type { Exchange, GatewayRequest } from '../exchange.ts';
import { requestHeaders } from '../request-headers.ts';
import { responseHeaders } from '../response-headers.ts';
import type { UpstreamCall, UpstreamHandler } from '../upstream-call.ts';
import { protocolFailure, refusalOfFailure, type UpstreamFailure } from '../upstream-failure.ts';
import { answerHead, type BodyFraming } from './answer-head.ts';
import { writeJoined } from './write-joined.ts';

export type DirectAnswerOptions = {
  trustForwarded: boolean;
  upstreamKind: string;
  keepAliveMs: number;
  isDraining: () => boolean;
  errorForm: ErrorForm;
  /** Told the size of every piece of a body that is held in a buffer of its own. */
  onBodyBytes: (bytes: number) => void;
  onProblem: (message: string, error: unknown) => void;
};

const NOTHING = Buffer.alloc(0);

/** Smaller pieces are copied behind the head: that costs less than a system call of its own. */
const LENT_BYTES = 16_384;

/**
 * The answer to one plain request, written to the client's connection as it comes. What `Forwarding` does with
 * node's response objects, without them: they cost more than everything else about a small answer.
 */
export class DirectAnswer implements UpstreamHandler {
  readonly #socket: Socket;
  readonly #info: GatewayRequest;
  readonly #exchange: Exchange | undefined;
  readonly #options: DirectAnswerOptions;
  readonly #onDone: (keepAlive: boolean) => void;
  readonly #onSent = (): void => {
    this.#sent();
  };
  readonly #showResponseBody: ((piece: Buffer) => void) | undefined;
  #sentHeaders: string[] = [];
  #call: UpstreamCall | undefined;
  /** Travels with the first piece of the body. */
  #head = '';
  #framing: BodyFraming = 'none';
  #status: number | undefined;
  #keepAlive = true;
  #repeated = false;
  #complete = false;
  #ended = false;
  #failure: UpstreamFailure | undefined;
  #bytesToClient = 0;

  /** Without an exchange there is only `refuse`. `onDone` is called when the answer has been sent, or the connection is to end. */
  constructor(
    socket: Socket,
    info: GatewayRequest,
    exchange: Exchange | undefined,
    options: DirectAnswerOptions,
    onDone: (keepAlive: boolean) => void,
  ) {
    this.#socket = socket;
    this.#info = info;
    this.#exchange = exchange;
    this.#options = options;
    this.#onDone = onDone;
    this.#showResponseBody = createBodyTap(exchange?.onResponseBody?.bind(exchange), options.onProblem);
  }

  start(): void {
    const { rawHeaders, clientAddress, method } = this.#info;
    const { upstream, upstreamHeaders = {} } = this.#exchange!;
    this.#sentHeaders = requestHeaders({
      rawHeaders,
      clientAddress,
      defaultHost: upstream.host,
      expectsContinue: false,
      chunked: false,
      method,
      trustForwarded: this.#options.trustForwarded,
      replaced: upstreamHeaders,
    });
    this.#send();
  }

  /** Whether a silence on the client's connection is the client's own. */
  waitsForClient(): boolean {
    return this.#socket.writableLength > 0;
  }

  /** The client's connection is gone. */
  closed(): void {
    if (!this.#complete) this.#call?.abort();
    this.#end(this.#failure === undefined);
  }

  onContinue(): void {
    // Nobody waits for it.
  }

  onBodySent(): void {
    // There is none.
  }

  onHead(status: number, statusMessage: string, rawHeaders: string[]): void {
    if (this.#ended || this.#status !== undefined) return;
    const fault = checkResponseFraming(rawHeaders);
    if (fault !== undefined) {
      this.#refuseAnswer(fault);
      return;
    }
    this.#hook(() => {
      const elapsedMs = performance.now() - this.#info.arrivedAtMs;
      this.#exchange?.onResponseHead?.({ status, rawHeaders, elapsedMs });
    });
    const location = { from: this.#exchange!.upstream.origin, requestHeaders: this.#sentHeaders };
    try {
      this.#writeHead(status, reasonPhrase(status, statusMessage), responseHeaders(rawHeaders, location));
    } catch (error) {
      this.#refuseAnswer(error);
    }
  }

  onData(chunk: Buffer, borrowed = false): boolean {
    // A piece of nothing would be read as the end of a body in chunks.
    if (this.#ended || this.#framing === 'none' || chunk.length === 0) return true;
    this.#bytesToClient += chunk.length;
    this.#showResponseBody?.(chunk);
    if (!borrowed) this.#options.onBodyBytes(chunk.length);
    return this.#sendPiece(chunk, borrowed);
  }

  #sendPiece(chunk: Buffer, borrowed: boolean): boolean {
    const socket = this.#socket;
    if (this.#framing === 'chunked') {
      socket.cork();
      socket.write(`${this.#takeHead()}${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(borrowed ? Buffer.from(chunk) : chunk);
      socket.write('\r\n', 'latin1');
      socket.uncork();
    } else if (chunk.length < LENT_BYTES) {
      writeJoined(socket, this.#takeHead(), chunk);
    } else {
      if (this.#head !== '') socket.write(this.#takeHead(), 'latin1');
      socket.write(chunk);
      // Mostly the kernel has taken all of it at once.
      if (borrowed && socket.writableLength > 0) return this.#waitForSent();
    }
    return !socket.writableNeedDrain || this.#waitForSent();
  }

  onEnd(): void {
    if (this.#ended) return;
    this.#complete = true;
    const rest = this.#takeHead() + (this.#framing === 'chunked' ? '0\r\n\r\n' : '');
    if (rest !== '') this.#socket.write(rest, 'latin1');
    if (this.#socket.writableLength === 0) this.#finish();
    else this.#waitForSent();
  }

  onError(failure: UpstreamFailure): void {
    if (this.#ended) return;
    if (failure.connectionLost && this.#status === undefined && !this.#repeated) {
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

  /** Answers in the gateway's own name. */
  refuse(refusal: Refusal): void {
    const body = this.#options.errorForm(refusal);
    const headers = ['Content-Type', 'application/json', 'Content-Length', String(body.length)];
    if (refusal.status === 503) headers.push('Retry-After', '1');
    this.#writeHead(refusal.status, STATUS_CODES[refusal.status] ?? '', headers);
    if (this.#framing === 'length') this.#sendPiece(body, false);
    this.onEnd();
  }

  #send(): void {
    const { method, target } = this.#info;
    this.#call = this.#exchange!.upstream.send(
      {
        method,
        target,
        rawHeaders: this.#sentHeaders,
        body: undefined,
        expectsContinue: false,
        repeated: this.#repeated,
      },
      this,
    );
  }

  #writeHead(status: number, phrase: string, headers: readonly string[]): void {
    const keepAlive = !this.#options.isDraining();
    const { text, framing } = answerHead({
      method: this.#info.method,
      status,
      phrase,
      headers,
      keepAliveMs: keepAlive ? this.#options.keepAliveMs : undefined,
    });
    this.#keepAlive = keepAlive;
    this.#framing = framing;
    this.#head = text;
    this.#status = status;
    // Without a piece of the body in the same turn the head goes by itself.
    setImmediate(sendHead, this);
  }

  /** Sends the head if nothing has come yet to travel with it. */
  flushHead(): void {
    if (this.#head !== '' && !this.#ended) this.#socket.write(this.#takeHead(), 'latin1');
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  /** Has `#sent` called when all that was written has been sent. Only now: a callback for each write costs. */
  #waitForSent(): false {
    this.#socket.write(NOTHING, this.#onSent);
    return false;
  }

  #sent(): void {
    if (this.#socket.destroyed || this.#ended) return;
    if (this.#complete) this.#finish();
    else this.#call?.resume();
  }

  #finish(): void {
    if (this.#ended || this.#socket.destroyed) return;
    this.#end(false);
    this.#onDone(this.#keepAlive);
  }

  #refuseAnswer(cause: unknown): void {
    this.#call?.abort();
    this.#fail(protocolFailure(cause));
  }

  #fail(failure: UpstreamFailure): void {
    this.#failure = failure;
    if (this.#status === undefined) {
      this.refuse(refusalOfFailure(failure, this.#options.upstreamKind));
    } else {
      // Only a broken connection tells the client that the body is not complete.
      this.#socket.destroy();
    }
  }

  #end(aborted: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#hook(() => {
      this.#exchange?.onEnd?.({
        status: this.#status,
        bytesToClient: this.#bytesToClient,
        bytesFromClient: 0,
        aborted,
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

function sendHead(answer: DirectAnswer): void {
  answer.flushHead();
}
