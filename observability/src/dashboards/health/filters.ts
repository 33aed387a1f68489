import { bucketRates } from '../../grafana/bucket-rates.ts';

/** Matchers of the dashboard's variables. */
export const CHOSEN_APPS = 'process_name=~"$process_name"';
export const CHOSEN_ROUTES = 'route=~"api[.].+", route=~"$route"';
export const CHOSEN_REQUESTS = `runtime=~"$runtime", ${CHOSEN_ROUTES}`;
export const CHOSEN_RUNTIMES = 'runtime=~"$runtime"';

/** Services of Quay's own health endpoints, beside the checks that an app's probes answer from. */
export const QUAY_SERVICES = 'check=~"quay/.+"';
export const OWN_CHECKS = 'check!~"quay/.+"';

/** Alerts of the rules that belong to this dashboard. */
export const HEALTH_ALERTS = 'alertname=~"Quay(Health|Api|Secscan).+"';

/** Rates of the buckets of a histogram, by `le` and these labels. */
export function bucketsOf(metric: string, labels: string, matchers: string): string {
  return bucketRates({ metric, labels, matchers, window: '$__rate_interval' });
}
