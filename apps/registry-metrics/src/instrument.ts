import { instrumentProcess } from '@quay-observability/service/instrument';

/**
 * Tracing runs from here on; modules loaded before this cannot be instrumented. The spans of requests are
 * made by hand: the instrumentations of node's HTTP and of undici would cost every request a second span
 * and write headers of their own into what is forwarded.
 */
export const tracing = await instrumentProcess('registry-metrics', process.env, ['pg']);
