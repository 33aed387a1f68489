import type { Refusal } from './check-request.ts';

/** Why a request could not be completed by its upstream. */
export type UpstreamFailureReason = 'connect' | 'timeout' | 'reset' | 'protocol';

/** A failure of the upstream, in the terms of the gateway. */
export type UpstreamFailure = {
  readonly reason: UpstreamFailureReason;
  /** 502 or 504. */
  readonly status: number;
  /** What the upstream did, without addresses, to be said of it: `cannot be reached`. */
  readonly message: string;
  readonly cause: unknown;
  /** The connection was lost, as a kept one is that the upstream closes while a request is on its way. */
  readonly connectionLost: boolean;
};

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUT_CODES = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
  'UPSTREAM_TIMEOUT',
]);
const LOST_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const TRUNCATED_CODES = new Set(['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'HPE_INVALID_EOF_STATE']);

const MESSAGES: Readonly<Record<UpstreamFailureReason, string>> = {
  connect: 'cannot be reached',
  timeout: 'did not answer in time',
  reset: 'closed the connection',
  protocol: 'gave an answer that is not valid HTTP',
};

/** Classifies an error of undici or of node's HTTP client. */
export function classifyFailure(cause: unknown): UpstreamFailure {
  const code = codeOf(cause);
  const reason = reasonOf(code);
  const timedOut = reason === 'timeout' || code === 'UND_ERR_CONNECT_TIMEOUT';
  const status = timedOut ? 504 : 502;
  return { reason, status, message: MESSAGES[reason], cause, connectionLost: LOST_CODES.has(code) };
}

/** A fault of the answer itself, whatever the error's code: asking again would not help. */
export function protocolFailure(cause: unknown): UpstreamFailure {
  return { reason: 'protocol', status: 502, message: MESSAGES.protocol, cause, connectionLost: false };
}

/** What a failure of an upstream means to the client; `upstreamKind` is what it is, as in "the registry". */
export function refusalOfFailure({ status, message }: UpstreamFailure, upstreamKind: string): Refusal {
  return { status, code: 'UNAVAILABLE', message: `the ${upstreamKind} ${message}` };
}

function reasonOf(code: string): UpstreamFailureReason {
  if (CONNECT_CODES.has(code)) return 'connect';
  if (TIMEOUT_CODES.has(code)) return 'timeout';
  if (LOST_CODES.has(code) || TRUNCATED_CODES.has(code)) return 'reset';
  // TLS errors, among others: nothing of HTTP has been said yet.
  return code.startsWith('ERR_TLS') || code.startsWith('CERT_') || code.includes('_CERT')
    ? 'connect'
    : 'protocol';
}

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const { code } = cause as { code?: unknown };
  // Several addresses of one name: the first failure speaks for all.
  if (cause instanceof AggregateError && code === undefined) return codeOf(cause.errors[0]);
  return typeof code === 'string' ? code : '';
}
