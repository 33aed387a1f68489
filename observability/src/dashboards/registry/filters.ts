import { bucketRates } from '../../grafana/bucket-rates.ts';

export { ratesBy, RUNTIMES } from '../../grafana/rates.ts';

/** Matchers of the dashboard's variables. */
export const CHOSEN_RUNTIMES = 'runtime=~"$runtime"';
/** Counters of pulls, pushes and bytes know no route. */
export const CHOSEN_PROTOCOLS = `${CHOSEN_RUNTIMES}, protocol=~"$protocol"`;
/** Of the registry: Python times `/api`, too. */
export const CHOSEN_ROUTES = 'route=~"v[12][.].+", route=~"$route", namespace_name=~"$namespace_name"';
export const CHOSEN_REQUESTS = `${CHOSEN_RUNTIMES}, ${CHOSEN_ROUTES}`;

/** Readiness probes of the gateways ask Python for `/v2/`, and Python counts them: no sign of the clients' requests. */
export const NO_PROBES = 'route!="v2.v2_support_enabled"';

/** Alerts of the rules that belong to this dashboard. */
export const REGISTRY_ALERTS = 'alertname=~"Quay(Registry|PullTracking|Events|Config|HttpWorkers).+"';

/** What becomes of a pull that is not tracked although it should be, or may not be. */
export const LOST_PULLS =
  'outcome=~"queue_full|database_unavailable|redis_unavailable|unanswered|refused|shutdown"';

/** Rates of the buckets of the request duration, by `le` and these labels. */
export function durationBuckets(labels: string, matchers: string): string {
  return bucketRates({
    metric: 'quay_request_duration_seconds',
    matchers,
    labels,
    window: '$__rate_interval',
  });
}
