import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { RULES_FOLDER } from '../rule-file.ts';

const COMPOSE = join(import.meta.dirname, '../../../deploy/compose');

/** An app's admin listener, and the name under which it is scraped. */
export type ScrapeTarget = { processName: string; adminUrl: string };

/** Seconds between two scrapes. */
export const SCRAPE_INTERVAL_SECONDS = 1;

/** A `prometheus.yml` with the rules as they are, and these targets labelled as in production. */
export function prometheusConfig(options: {
  targets: readonly ScrapeTarget[];
  pushgatewayUrl: string;
  alertmanagerUrl: string;
}): string {
  const host = (url: string): string => new URL(url).host;
  return stringify({
    global: { scrape_interval: `${SCRAPE_INTERVAL_SECONDS}s` },
    rule_files: [join(RULES_FOLDER, '*.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [host(options.alertmanagerUrl)] }] }] },
    scrape_configs: [
      {
        job_name: 'quay',
        honor_labels: true,
        static_configs: options.targets.map(({ processName, adminUrl }) => ({
          targets: [host(adminUrl)],
          labels: { host: 'box', process_name: processName },
        })),
      },
      { ...pushgatewayJob(), static_configs: [{ targets: [host(options.pushgatewayUrl)] }] },
    ],
  });
}

/** As Compose has it: what is pushed is Python's. */
function pushgatewayJob(): object {
  const { scrape_configs: jobs } = readCompose<{ scrape_configs: { job_name: string }[] }>('prometheus.yml');
  const job = jobs.find(({ job_name: name }) => name === 'pushgateway');
  if (job === undefined) throw new Error('Compose has no job for the Pushgateway');
  return job;
}

/** The `alertmanager.yml` of Compose, but quick, and with somebody who is told. */
export function alertmanagerConfig(webhookUrl: string): string {
  const config = readCompose<{ route: object; receivers: object[] }>('alertmanager.yml');
  return stringify({
    ...config,
    route: { ...config.route, receiver: 'webhook', group_wait: '0s', group_interval: '1s' },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
  });
}

function readCompose<T>(file: string): T {
  return parse(readFileSync(join(COMPOSE, file), 'utf8')) as T;
}
