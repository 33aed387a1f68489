import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { RULES_FOLDER } from '../rule-file.ts';

const COMPOSE = join(import.meta.dirname, '../../../deploy/compose/prometheus.yml');

/** A target of the job `quay`: the app that it is found under, and its installation. */
export type AppTarget = { processName: string; cluster: string; url: string };

/** The `prometheus.yml` of Compose with these addresses in the place of its own, workers.yml, and a scrape every second. */
export function scrapeWorkers(
  apps: readonly AppTarget[],
  pushgateway: Omit<AppTarget, 'processName'>,
): string {
  const { scrape_configs: jobs } = parse(readFileSync(COMPOSE, 'utf8')) as {
    scrape_configs: { job_name: string }[];
  };
  const jobOf = (name: string): object => {
    const job = jobs.find(({ job_name: each }) => each === name);
    if (job === undefined) throw new Error(`Compose has no job ${name}`);
    return { ...job, dns_sd_configs: [] };
  };
  return stringify({
    global: { scrape_interval: '1s' },
    rule_files: [join(RULES_FOLDER, 'workers.yml')],
    scrape_configs: [
      {
        ...jobOf('quay'),
        static_configs: apps.map(({ processName, cluster, url }) => ({
          targets: [new URL(url).host],
          labels: { __meta_dns_name: processName, cluster },
        })),
      },
      {
        ...jobOf('pushgateway'),
        static_configs: [
          { targets: [new URL(pushgateway.url).host], labels: { cluster: pushgateway.cluster } },
        ],
      },
    ],
  });
}
