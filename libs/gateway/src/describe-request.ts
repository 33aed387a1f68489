import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
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
    clientAddress: clientAddressOf(socket),
    arrivedAtMs: performance.now(),
  };
}

/** An IPv4 address as such, also where it came in as an IPv6 one. */
export function clientAddressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/, '');
}
