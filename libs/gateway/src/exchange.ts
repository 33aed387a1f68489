import type { IncomingHttpHeaders } from 'node:http';
import type { Upstream } from './upstream.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/** A request as it arrived, once its head has passed the checks. */
export type GatewayRequest = {
  readonly method: string;
  /** Path and query as received, not decoded. */
  readonly target: string;
  /** Name, value, name, value ... as received. */
  readonly rawHeaders: readonly string[];
  /** Parsed on first use: read it only if needed. */
  readonly headers: IncomingHttpHeaders;
  readonly clientAddress: string;
  /** `performance.now()` at the arrival. */
  readonly arrivedAtMs: number;
};

/** The head of the upstream's answer; the body may still follow. */
export type ResponseHead = {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  /** From the arrival of the request until now. */
  readonly elapsedMs: number;
};

/** How a request ended. */
export type ExchangeEnd = {
  /** Status sent to the client; undefined if none was. */
  readonly status: number | undefined;
  /** Body bytes handed to the client's connection. */
  readonly bytesToClient: number;
  /** Body bytes received from the client and handed to the upstream. */
  readonly bytesFromClient: number;
  /** The client left before the answer was complete. */
  readonly aborted: boolean;
  /** Why the upstream could not be used to the end. */
  readonly upstreamError: UpstreamFailure | undefined;
  readonly elapsedMs: number;
};

/**
 * What is decided and observed for one request. A hook that throws is reported and changes nothing for
 * the client.
 */
export type Exchange = {
  /** Who answers this request. */
  readonly upstream: Upstream;
  /** Sent upstream in place of the client's headers of the same (lower-case) names, `host` included. */
  readonly upstreamHeaders?: Readonly<Record<string, string>>;
  /**
   * Shown every piece of the client's body when it is handed to the upstream. The piece is lent for the call: what is
   * to be kept of it is copied.
   */
  onRequestBody?(piece: Buffer): void;
  /** Called once, if and when the upstream answers. */
  onResponseHead?(head: ResponseHead): void;
  /** Shown every piece of the answer's body, as the upstream encoded it, before the client gets it; lent as well. */
  onResponseBody?(piece: Buffer): void;
  /** Called exactly once. */
  onEnd?(end: ExchangeEnd): void;
};

/** Decides about a request. A promise is waited for, and costs every request that gets one a little. */
export type StartExchange = (request: GatewayRequest) => Exchange | Promise<Exchange>;
