import { join } from 'node:path';
import type { AppName } from '@quay-observability/metric-catalogue';

/** The project's own alerts. */
const RULES = join(import.meta.dirname, '../../../observability/rules/*.yml');

/** What Prometheus is to scrape; ports on 127.0.0.1. */
export type ScrapeTargets = {
  hostname: string;
  apps: readonly { name: AppName; adminPort: number }[];
  pushgatewayPort: number | undefined;
};

/**
 * `prometheus.yml` (JSON, which is YAML). Dashboards group by `process_name` and filter by `host`, labels
 * that Python's series bring along through the Pushgateway and a direct scrape has to add (contract
 * section 1). What comes through the Pushgateway is Python's, unless it says otherwise.
 */
export function prometheusConfig({ hostname, apps, pushgatewayPort }: ScrapeTargets): string {
  const ours = {
    job_name: 'quay',
    // The metrics of the owner switches have a process_name of their own.
    honor_labels: true,
    static_configs: apps.map(({ name, adminPort }) => ({
      targets: [`127.0.0.1:${adminPort}`],
      labels: { host: hostname, process_name: name },
    })),
  };
  const pushed = {
    job_name: 'pushgateway',
    honor_labels: true,
    static_configs: [{ targets: [`127.0.0.1:${pushgatewayPort}`] }],
    metric_relabel_configs: [
      { source_labels: ['runtime'], regex: '', target_label: 'runtime', replacement: 'python' },
    ],
  };
  return JSON.stringify({
    global: { scrape_interval: '2s', scrape_timeout: '2s' },
    rule_files: [RULES],
    scrape_configs: pushgatewayPort === undefined ? [ours] : [ours, pushed],
  });
}
