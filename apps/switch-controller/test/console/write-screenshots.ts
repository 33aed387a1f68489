/**
 * Writes the pictures of docs/console.md: `npm run screenshots` in this folder. All that they show is real: a
 * controller, six processes that follow it, Redis, and Prometheus.
 */
import { join } from 'node:path';
import { freePort, startPrometheus, waitUntil } from '@quay-observability/testkit';
import type { Locator, Page } from 'playwright-core';
import { askForDecisions } from './ask-for-decisions.ts';
import { startConsole, TOKENS, type ConsoleUnderTest } from './start-console.ts';
import { choose, preview, publish } from './steps.ts';

const FOLDER = join(import.meta.dirname, '../../../../docs/images');
const WIDE = { width: 1360, height: 900 };
const NARROW = { width: 360, height: 780 };
const SWITCH = 'ROUTE_OWNER_CAP_V2_PULL';

const prometheusPort = await freePort();
const site = await startConsole({ PROMETHEUS_URL: `http://127.0.0.1:${prometheusPort}` });
const asked = new AbortController();
let asking: Promise<void> | undefined;
try {
  const followers = await startFollowers();
  const targets = [site.controller, ...followers].map(({ adminUrl }) => new URL(adminUrl).host);
  const prometheus = await startPrometheus({
    port: prometheusPort,
    configYaml: JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'apps', static_configs: [{ targets }] }],
    }),
  });
  await tellStory(site);
  asking = askForDecisions(site.url, decisions(), asked.signal);
  const slow = followers.at(-1);
  const light = await site.open({ colorScheme: 'light', viewport: WIDE });
  await waitUntil(
    'a minute of decisions',
    async () => Number(await light.page.locator('#rates strong').first().innerText()) > 80,
    { timeoutMs: 90_000 },
  );
  await waitUntil('everybody to follow', async () =>
    /^(\d+) of \1 /.test(await light.page.locator('#propagation').innerText()),
  );
  await write(light.page, 'console-light');
  await choose(light.page, {
    switchName: SWITCH,
    owner: 'go',
    reason: 'no difference after a day',
    token: TOKENS.alice,
  });
  await light.page.getByLabel('Share of repositories').fill('50');
  await write(light.page.locator('#change'), 'console-change');
  await preview(light.page);
  await write(light.page.locator('#change'), 'console-preview');
  slow?.process.signal('SIGSTOP');
  await publish(light.page);
  await light.page
    .locator('#watch-list .current')
    .nth(targets.length - 2)
    .waitFor();
  await write(light.page.locator('#change'), 'console-propagation');
  slow?.process.signal('SIGCONT');
  await light.page.locator('#watch-done').waitFor();

  const dark = await site.open({ colorScheme: 'dark', viewport: WIDE });
  await dark.page
    .locator('#processes tr')
    .nth(targets.length - 1)
    .waitFor();
  await write(dark.page, 'console-dark');
  const narrow = await site.open({ colorScheme: 'light', viewport: NARROW });
  await narrow.page
    .locator('#processes tr')
    .nth(targets.length - 1)
    .waitFor();
  await write(narrow.page, 'console-narrow');
  await prometheus.stop();
} finally {
  asked.abort();
  await asking;
  await site.stop();
}

async function startFollowers() {
  const registry = { REGISTRY_UPSTREAM_URL: `http://127.0.0.1:${await freePort()}` };
  return [
    await site.follow('registry-metrics', registry),
    await site.follow('registry-metrics', registry),
    await site.follow('api-health'),
    await site.follow('gc-worker'),
    await site.follow('pullmetrics-worker'),
    await site.follow('globalstats-worker'),
  ];
}

/** Changes as they may have been made on the way to Go. */
async function tellStory(console: ConsoleUnderTest): Promise<void> {
  await console.publish('bob', {
    reason: 'discovery answers are the same, byte for byte',
    owners: { ROUTE_OWNER_FAMILY_WELLKNOWN: 'go', WORKER_OWNER_BUILDER: 'off' },
  });
  await console.publish('alice', {
    reason: 'workers of M4: one week without a difference',
    owners: { WORKER_OWNER_GLOBALPROMSTATS: 'go', WORKER_OWNER_PULLSTATSREDISFLUSHWORKER: 'go' },
  });
  await console.publish('alice', {
    reason: 'the read side of v2, a quarter of the repositories',
    owners: { ROUTE_OWNER_FAMILY_REGISTRY_V2: 'python', [SWITCH]: 'go', ROUTE_OWNER_CAP_V2_BLOB: 'go' },
    canaries: {
      by_switch: { [SWITCH]: { percent: 25, orgs: ['payments'] }, ROUTE_OWNER_CAP_V2_BLOB: { percent: 25 } },
    },
  });
}

function decisions(): string[] {
  return [
    ...Array.from({ length: 12 }, (_each, index) => `method=GET&uri=/v2/team-${index}/app/manifests/latest`),
    'method=GET&uri=/v2/payments/app/manifests/latest',
    'method=GET&uri=/.well-known/app-capabilities',
    'worker=BUILDER',
  ];
}

async function write(part: Page | Locator, name: string): Promise<void> {
  await part.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
}
