import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { ListenerName } from './http-listener.ts';

/** Counts the requests of one listener; used by the admin listener and by the apps' own ones. */
export type HttpObserver = {
  /** A request has arrived. Call what it returns once, when its response has ended; no status means that none was sent. */
  arrived(method: string): (status: number | undefined) => void;
};

/** Binds the HTTP metrics of a listener. */
export function createHttpObserver(metrics: Metrics<AppName>, listener: ListenerName): HttpObserver {
  const requests = metrics.counter('quay_http_requests_total');
  const duration = metrics.histogram('quay_http_request_duration_seconds');
  const inFlight = metrics.gauge('quay_http_requests_in_flight');
  inFlight.set({ listener }, 0);
  return {
    arrived: (method) => {
      const start = performance.now();
      inFlight.add({ listener }, 1);
      return (status) => {
        inFlight.add({ listener }, -1);
        requests.inc({ listener, method, status: status === undefined ? 'other' : String(status) });
        duration.observe({ listener, method }, (performance.now() - start) / 1000);
      };
    },
  };
}
