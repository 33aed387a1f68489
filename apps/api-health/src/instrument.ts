import { instrumentProcess } from '@quay-observability/service/instrument';

/**
 * Tracing runs from here on; modules loaded before this cannot be instrumented. The gateways make their
 * spans by hand: the instrumentations of node's HTTP client and of undici would cost every request a second span and
 * write headers of their own into what is forwarded.
 */
export const tracing = await instrumentProcess('api-health', process.env, [
  'http-server',
  'express',
  'ioredis',
  'pg',
]);
