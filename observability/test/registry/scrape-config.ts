import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { RULES_FOLDER } from '../rule-file.ts';

const COMPOSE = join(import.meta.dirname, '../../../deploy/compose/prometheus.yml');

/** What is scraped, and the installation (label `cluster`) that it belongs to. */
export type Target = { cluster: string; url: string };

type Job = { job_name: string; honor_labels: boolean; dns_sd_configs?: object[]; static_configs?: object[] };

/**
 * The `prometheus.yml` of Compose, with these targets in the place of its own and a scrape every second: gateways of the new
 * runtime, Pushgateways, Python's processes that are scraped directly, and a Pushgateway that nobody has given a runtime.
 */
export function scrapeConfig(
  targets: {
    gateways: readonly Target[];
    pushgateways: readonly Target[];
    pythonProcesses: readonly Target[];
    unlabelledPushgateways: readonly Target[];
  },
  rules: 'registry.yml' | 'gateway.yml' = 'registry.yml',
): string {
  const compose = parse(readFileSync(COMPOSE, 'utf8')) as { scrape_configs: Job[] };
  const jobOf = (name: string): Job => {
    const job = compose.scrape_configs.find(({ job_name: each }) => each === name);
    if (job === undefined) throw new Error(`Compose has no job ${name}`);
    return { ...job, dns_sd_configs: [] };
  };
  return stringify({
    global: { scrape_interval: '1s' },
    rule_files: [join(RULES_FOLDER, rules)],
    scrape_configs: [
      // As if the name had been found in DNS: the job's own relabelling makes process_name and host of it.
      {
        ...jobOf('quay'),
        static_configs: staticConfigs(targets.gateways, { __meta_dns_name: 'registry-metrics' }),
      },
      { ...jobOf('pushgateway'), static_configs: staticConfigs(targets.pushgateways) },
      {
        job_name: 'python',
        static_configs: staticConfigs(targets.pythonProcesses, { runtime: 'python', host: 'box' }),
      },
      {
        job_name: 'unlabelled',
        honor_labels: true,
        static_configs: staticConfigs(targets.unlabelledPushgateways),
      },
    ],
  });
}

function staticConfigs(targets: readonly Target[], labels: Record<string, string> = {}): object[] {
  return targets.map(({ cluster, url }) => ({
    targets: [new URL(url).host],
    labels: { ...labels, cluster },
  }));
}
