import type { GatewayRequest } from '@quay-observability/gateway';
import type { HttpSpanStart } from '@quay-observability/tracing';

/**
 * A request as its server span wants it. Headers are parsed for a recorded span only: that costs. A class, because
 * getters in an object literal make every object a dictionary, which outlives its request until a major collection.
 */
export class RequestSpanStart implements HttpSpanStart {
  readonly method: string;
  readonly path: string;
  readonly #request: GatewayRequest;

  constructor(request: GatewayRequest) {
    this.method = request.method;
    this.path = request.target;
    this.#request = request;
  }

  get headers(): HttpSpanStart['headers'] {
    return this.#request.headers;
  }

  get attributes(): NonNullable<HttpSpanStart['attributes']> {
    return { 'client.address': this.#request.clientAddress };
  }
}
