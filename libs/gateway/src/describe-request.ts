import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { GatewayRequest } from './exchange.ts';

/** A request as the hooks see it. `readHeaders` is called when somebody wants the headers parsed. */
export function describeRequest(
  { method, target, rawHeaders }: Pick<GatewayRequest, 'method' | 'target' | 'rawHeaders'>,
  socket: Pick<Socket, 'remoteAddress'>,
  readHeaders: (request: GatewayRequest) => IncomingHttpHeaders,
): GatewayRequest {
  return new DescribedRequest(method, target, rawHeaders, clientAddressOf(socket), readHeaders);
}

/** As node's server read it. */
export function describeMessage(message: IncomingMessage): GatewayRequest {
  const { method = '', url = '', rawHeaders, socket } = message;
  return describeRequest({ method, target: url, rawHeaders }, socket, () => message.headers);
}

/** A class: a getter in an object literal makes every object a dictionary, which is slow to make and to collect. */
class DescribedRequest implements GatewayRequest {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly clientAddress: string;
  readonly arrivedAtMs = performance.now();
  readonly #readHeaders: (request: GatewayRequest) => IncomingHttpHeaders;

  constructor(
    method: string,
    target: string,
    rawHeaders: readonly string[],
    clientAddress: string,
    readHeaders: (request: GatewayRequest) => IncomingHttpHeaders,
  ) {
    this.method = method;
    this.target = target;
    this.rawHeaders = rawHeaders;
    this.clientAddress = clientAddress;
    this.#readHeaders = readHeaders;
  }

  get headers(): IncomingHttpHeaders {
    return this.#readHeaders(this);
  }
}

/** An IPv4 address as such, also where it came in as an IPv6 one. */
export function clientAddressOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.replace(MAPPED, '') : remoteAddress;
}

const MAPPED = /^::ffff:(?=\d+\.)/;
