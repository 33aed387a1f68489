import type { IncomingMessage } from 'node:http';
import type { GatewayRequest } from './exchange.ts';

/** A request as the hooks see it. */
export function describeRequest(request: IncomingMessage): GatewayRequest {
  const { method = '', url = '', rawHeaders, socket } = request;
  return {
    method,
    target: url,
    rawHeaders,
    get headers() {
      return request.headers;
    },
    clientAddress: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
    arrivedAtMs: performance.now(),
  };
}
