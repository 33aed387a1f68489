import type { Dispatcher, Pool } from 'undici';
import type { SendUpstream, UpstreamCall, UpstreamHandler } from './upstream-call.ts';
import { classifyFailure, protocolFailure } from './upstream-failure.ts';

/**
 * Sends requests without a body on the pool's connections, by undici's lowest interface. `serverName` is
 * what a TLS certificate must name: undici would take the client's `Host` for it.
 */
export function sendOnPool(pool: Pool, serverName: string): SendUpstream {
  return ({ method, target, rawHeaders }, handler) => {
    const call = new PoolCall(handler);
    try {
      pool.dispatch(
        {
          method,
          path: target,
          headers: rawHeaders,
          servername: serverName,
        } as Dispatcher.DispatchOptions,
        call,
      );
    } catch (error) {
      queueMicrotask(() => {
        call.fail(error);
      });
    }
    return call;
  };
}

class PoolCall implements UpstreamCall, Dispatcher.DispatchHandler {
  readonly #handler: UpstreamHandler;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;
  #answered = false;

  constructor(handler: UpstreamHandler) {
    this.#handler = handler;
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller?.abort(new Error('aborted'));
  }

  fail(error: unknown): void {
    if (this.#aborted) return;
    const faulty = !this.#answered && isFaultyHead(error);
    this.#handler.onError(faulty ? protocolFailure(error) : classifyFailure(error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new Error('aborted'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    message?: string,
  ): void {
    // Interim answers are between the upstream and the gateway.
    if (this.#aborted || status < 200) return;
    this.#answered = true;
    this.#handler.onHead(status, message ?? '', textOf(controller.rawHeaders));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Undici hands over an empty piece when a paused answer goes on.
    if (!this.#aborted && chunk.length > 0 && !this.#handler.onData(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (!this.#aborted) this.#handler.onEnd(textOf(controller.rawTrailers));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(error);
  }
}

/**
 * Whether undici's error tells of a head that is not valid: a wrong length can be noticed before the body
 * only if there are two, and an unasked change of protocol has the code of a lost connection.
 */
function isFaultyHead(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return (
    error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
    (error.code === 'UND_ERR_SOCKET' && error.message === 'bad upgrade')
  );
}

/** Header bytes are Latin-1, as node reads and writes them. */
function textOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}
