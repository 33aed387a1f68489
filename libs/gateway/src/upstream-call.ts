import type { IncomingMessage } from 'node:http';
import type { UpstreamFailure } from './upstream-failure.ts';

/** A request as it goes upstream. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  /** Complete, framing headers (`Content-Length`, `Transfer-Encoding`) included; name, value, name, value ... */
  readonly rawHeaders: string[];
  /** Where the body comes from; undefined if there is none. */
  readonly body: IncomingMessage | undefined;
  /** The client waits for `100 Continue`; `rawHeaders` has the `Expect`. */
  readonly expectsContinue: boolean;
  /** Sent before, on a connection that was lost. */
  readonly repeated?: boolean;
};

/**
 * Receives the answer. Either `onEnd` or `onError` is the last call, unless the call was aborted, after
 * which nothing is called any more.
 */
export type UpstreamHandler = {
  /** The upstream wants the body. */
  onContinue(): void;
  onHead(status: number, statusMessage: string, rawHeaders: string[]): void;
  /**
   * False asks to pause until `resume`. A borrowed chunk is overwritten after this call, or, if it is answered
   * with false, after `resume`.
   */
  onData(chunk: Buffer, borrowed?: boolean): boolean;
  onEnd(rawTrailers: string[]): void;
  onError(failure: UpstreamFailure): void;
  /** A piece of the request body, which is handed on now. */
  onBodySent(piece: Buffer): void;
};

/** A request on its way. */
export type UpstreamCall = {
  /** Goes on after `onData` returned false. */
  resume(): void;
  /** Ends the call and its connection; harmless after the end. */
  abort(): void;
};

/** One way to send requests. */
export type SendUpstream = (request: UpstreamRequest, handler: UpstreamHandler) => UpstreamCall;
