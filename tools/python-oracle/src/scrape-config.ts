/** Where Prometheus finds one app of the new runtime. */
export type ScrapeTarget = { job: string; address: string; path: string };

/** One Pushgateway and the prometheus_client behind it. */
export type GatewayTarget = { job: string; address: string; pythonClient: string };

const SCRAPE_INTERVAL = '1s';

/**
 * The Prometheus configuration of the comparison: Pushgateways with their own labels honoured, where
 * Python's series get `runtime="python"`, and direct scrapes of the new runtime (contract section 1).
 */
export function prometheusConfig(
  gateways: readonly GatewayTarget[],
  targets: readonly ScrapeTarget[],
): string {
  const jobs = [
    ...gateways.map(({ job, address, pythonClient }) => ({
      job_name: job,
      honor_labels: true,
      static_configs: [{ targets: [address], labels: { runtime: 'python', python_client: pythonClient } }],
    })),
    ...targets.map(({ job, address, path }) => ({
      job_name: job,
      metrics_path: path,
      static_configs: [{ targets: [address] }],
    })),
  ];
  // JSON is YAML too.
  return JSON.stringify({
    global: { scrape_interval: SCRAPE_INTERVAL, scrape_timeout: SCRAPE_INTERVAL },
    scrape_configs: jobs,
  });
}
