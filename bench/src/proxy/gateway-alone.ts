/**
 * `libs/gateway` with nothing to observe: what is between this and `registry-metrics` is the price of
 * counting, timing and tracing. Arguments: the upstream's URL, the port.
 */
import { createGateway, createUpstream } from '@quay-observability/gateway';

const [url = '', port] = process.argv.slice(2);
const MINUTE_MS = 60_000;

const upstream = createUpstream({
  name: 'upstream',
  url,
  maxConnections: 256,
  connectTimeoutMs: 5000,
  headersTimeoutMs: MINUTE_MS,
  bodyTimeoutMs: MINUTE_MS,
  uploadTimeoutMs: MINUTE_MS,
  keepAliveMs: 30_000,
  maxHeaderBytes: 16_384,
});
const gateway = createGateway({
  limits: {
    maxTargetLength: 8192,
    maxHeaderCount: 100,
    maxHeaderBytes: 16_384,
    maxConcurrentRequests: 1000,
    maxConnections: 1000,
    headersTimeoutMs: MINUTE_MS,
    requestTimeoutMs: MINUTE_MS,
    clientIdleTimeoutMs: MINUTE_MS,
    keepAliveMs: MINUTE_MS,
    continueTimeoutMs: 5000,
    discardTimeoutMs: 5000,
  },
  trustForwarded: true,
  startExchange: () => ({ upstream }),
  onProblem: (message, error) => process.stderr.write(`${message} ${String(error)}\n`),
});
await gateway.listen({ host: '127.0.0.1', port: Number(port) });
// An orderly exit leaves the profile that may have been asked for.
process.once('SIGTERM', () => process.exit());
