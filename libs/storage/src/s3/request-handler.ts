import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const MAX_SOCKETS = 8;

export type ConnectionOptions = {
  /** To connect, and for an answer. */
  readonly timeoutMs: number;
  /** Whether connections are kept for the next request. */
  readonly keepAlive: boolean;
};

/** Options of the SDK's own handler, with time limits that fail the request and not just warn. */
export function requestHandler({ timeoutMs, keepAlive }: ConnectionOptions) {
  return {
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent({ keepAlive, maxSockets: MAX_SOCKETS }),
    httpsAgent: new HttpsAgent({ keepAlive, maxSockets: MAX_SOCKETS }),
  };
}
