import { bucketRates } from '../../grafana/bucket-rates.ts';

/** Matchers of the dashboard's variables. */
export const CHOSEN_RUNTIMES = 'runtime=~"$runtime"';
export const CHOSEN_QUEUES = 'queue=~"$queue"';

/** The programs that the worker apps take over. */
export const PROGRAMS =
  'GLOBALPROMSTATS|GCWORKER|REPOSITORYGCWORKER|NAMESPACEGCWORKER|PULLSTATSREDISFLUSHWORKER';

/** Alerts that belong to this dashboard: of workers.yml, and those of owner-switches.yml on worker programs. */
export const WORKER_ALERTS = 'alertname=~"Quay(Worker|Job|PullFlush|Gc|GlobalStats).+"';

/** The recording of the rounds of both runtimes. */
export const ROUNDS = 'runtime_worker_operation:quay_worker_operation_duration_seconds_count:rate5m';

/** Rates of the buckets of a histogram, by `le` and these labels. */
export function bucketsOf(metric: string, labels: string, matchers: string): string {
  return bucketRates({ metric, labels, matchers, window: '$__rate_interval' });
}

/** The largest of a gauge by runtime, without what dead processes of Python have left in the Pushgateway. */
export function ofTheLiving(metric: string): string {
  return `max by (runtime) (
  ${metric}{${CHOSEN_RUNTIMES}}
    unless on (cluster, namespace, job, host, process_name, pid)
  (time() - push_time_seconds > 90)
)`;
}
