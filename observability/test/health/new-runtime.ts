import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics } from '@quay-observability/metrics';
import { observeQuayServices } from '@quay-observability/service';

/** What an api-health counts in one round. */
export type Round = {
  /** Requests of `/api` by status, each of so many seconds. */
  api: readonly { status: string; seconds: number; times: number }[];
  /** Submissions to Clair by status. */
  indexed: readonly { status: string; times: number }[];
  /** Calls that Clair did not complete, and requests of `/api` that an upstream did not. */
  lost: number;
  /** Finished index reports, each of so many seconds since the push. */
  results: readonly number[];
  services: Readonly<Record<string, boolean>>;
  /** Lines of its log that nobody has read. */
  droppedLines: number;
};

/** The metrics of an api-health, exposed as every app exposes them, and filled as its parts fill them. */
export type NewRuntime = { url: string; count(round: Round): void; stop(): Promise<void> };

/** Starts one; nothing is counted until it is told to. */
export async function startNewRuntime(): Promise<NewRuntime> {
  const metrics = createMetrics({ app: 'api-health', runtimeMetrics: false });
  const requests = metrics.histogram('quay_request_duration_seconds');
  const arrived = metrics.counter('quay_http_requests_total');
  const upstreamErrors = metrics.counter('quay_gateway_upstream_errors_total');
  const calls = metrics.histogram('quay_secscan_request_duration_seconds');
  const failed = metrics.counter('quay_secscan_upstream_errors_total');
  const layers = metrics.histogram('quay_secscan_index_layer_size_bytes');
  const results = metrics.histogram('quay_secscan_result_duration_seconds');
  const dropped = metrics.counter('quay_log_lines_dropped_total');
  const observeService = observeQuayServices(metrics);

  const server = createServer((request, response) => {
    void metrics.exposition(request.headers.accept).then(({ contentType, body }) => {
      response.setHeader('Content-Type', contentType);
      response.end(body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (round) => {
      for (const { status, seconds, times } of round.api)
        for (let time = 0; time < times; time += 1) {
          requests.observe({ method: 'GET', route: 'api.user', status, namespace_name: 'other' }, seconds);
          arrived.inc({ listener: 'public', method: 'GET', status });
        }
      for (const { status, times } of round.indexed)
        for (let time = 0; time < times; time += 1) {
          calls.observe({ method: 'POST', action: 'Index', status }, 1.5);
          layers.observe({}, 31_457_280);
        }
      if (round.lost > 0) {
        failed.inc({ reason: 'timeout' }, round.lost);
        upstreamErrors.inc({ upstream: 'go', reason: 'connect' }, round.lost);
        arrived.inc({ listener: 'public', method: 'GET', status: '502' }, round.lost);
      }
      dropped.inc({}, round.droppedLines);
      for (const seconds of round.results) results.observe({}, seconds);
      for (const [service, ok] of Object.entries(round.services)) observeService(service, ok, 0.003);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
