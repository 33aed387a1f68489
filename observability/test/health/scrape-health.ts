import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { RULES_FOLDER } from '../rule-file.ts';

const DEPLOY = join(import.meta.dirname, '../../../deploy');

type Job = {
  job_name: string;
  relabel_configs?: { replacement?: string; target_label: string }[];
  static_configs?: { targets: string[]; labels?: Record<string, string> }[];
};

/** A target of the job `quay`: the app that it is found under, and its installation. */
export type AppTarget = { processName: string; cluster: string; url: string };

/**
 * The `prometheus.yml` of Compose with the job of `health-probes.yml`, with these addresses in the place of their own and a
 * scrape every second.
 */
export function scrapeHealth(options: {
  apps: readonly AppTarget[];
  pushgatewayUrl: string;
  /** Host and port of the Blackbox exporter, and of the nginx that shows the health pages. */
  prober: string;
  nginx: string;
}): string {
  const compose = readJobs('compose/prometheus.yml');
  const [probes] = readJobs('prometheus/health-probes.yml');
  if (probes === undefined) throw new Error('health-probes.yml has no job');
  const jobOf = (name: string): Job => {
    const job = compose.find(({ job_name: each }) => each === name);
    if (job === undefined) throw new Error(`Compose has no job ${name}`);
    return { ...job, dns_sd_configs: [] } as Job;
  };
  return stringify({
    global: { scrape_interval: '1s' },
    rule_files: ['health.yml', 'secscan.yml'].map((file) => join(RULES_FOLDER, file)),
    scrape_configs: [
      {
        ...jobOf('quay'),
        static_configs: options.apps.map(({ processName, cluster, url }) => ({
          targets: [new URL(url).host],
          labels: { __meta_dns_name: processName, cluster },
        })),
      },
      {
        ...jobOf('pushgateway'),
        static_configs: [{ targets: [new URL(options.pushgatewayUrl).host], labels: { cluster: 'well' } }],
      },
      {
        ...probes,
        scrape_interval: '1s',
        static_configs: (probes.static_configs ?? []).map(({ targets, labels }) => ({
          targets: targets.map((target) => target.replace('127.0.0.1', options.nginx)),
          labels: { ...labels, cluster: 'ailing' },
        })),
        relabel_configs: (probes.relabel_configs ?? []).map((rule) =>
          rule.target_label === '__address__' ? { ...rule, replacement: options.prober } : rule,
        ),
      },
    ],
  });
}

function readJobs(file: string): Job[] {
  return (parse(readFileSync(join(DEPLOY, file), 'utf8')) as { scrape_configs: Job[] }).scrape_configs;
}
