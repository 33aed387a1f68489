import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort, startPrometheus } from '@quay-observability/testkit';
import { askForDecisions } from './console/ask-for-decisions.ts';
import { startConsole, TOKENS, type ConsoleUnderTest } from './console/start-console.ts';
import { preview, publish, rowOf, textOf } from './console/steps.ts';

let site: ConsoleUnderTest;
let prometheusPort: number;

before(async () => {
  prometheusPort = await freePort();
  site = await startConsole({ PROMETHEUS_URL: `http://127.0.0.1:${prometheusPort}` });
});
after(() => site.stop());

test('a version of the past is brought back with its owners', async () => {
  const watched = await site.open();
  const { page } = watched;
  const old = await site.publish('bob', { reason: 'good', owners: { ROUTE_OWNER_FAMILY_OAUTH: 'go' } });
  await site.publish('bob', { reason: 'bad', owners: { ROUTE_OWNER_FAMILY_OAUTH: 'python' } });
  await page.getByRole('button', { name: `Roll back to this version ${old}` }).click();
  await page.getByLabel('Reason').fill('it was better before');
  await page.getByLabel('Token').fill(TOKENS.alice);
  assert.deepEqual(await preview(page), [['ROUTE_OWNER_FAMILY_OAUTH', 'python', 'go']]);
  await publish(page);
  await page.keyboard.press('Escape');
  const newest = page.locator('#history > li').first();
  assert.match(
    await textOf(newest),
    new RegExp(
      `alice · .*it was better before rolled back to version ${old} ROUTE_OWNER_FAMILY_OAUTH python`,
    ),
  );
  assert.match(await textOf(newest), /in force$/);
  assert.match(await textOf(rowOf(page, 'ROUTE_OWNER_FAMILY_OAUTH')), /^OAUTH Go ROUTE_OWNER_FAMILY_OAUTH/);
  assert.deepEqual(watched.faults, []);
  await watched.close();
});

test('the kill switch gives everything to Python and back', async () => {
  const watched = await site.open();
  const { page } = watched;
  const button = page.locator('#kill-switch');
  await button.click();
  assert.match(
    await textOf(page.locator('#change-explanation')),
    /Every route and every worker goes to Python/,
  );
  await page.getByLabel('Reason').fill('incident 42');
  await page.getByLabel('Token').fill(TOKENS.alice);
  assert.deepEqual(await preview(page), [['force_python', 'false', 'true']]);
  await publish(page);
  await page.keyboard.press('Escape');
  await page.locator('#forced').waitFor();
  assert.match(
    await textOf(rowOf(page, 'ROUTE_OWNER_FAMILY_OAUTH')),
    /^OAUTH Python \(inherited\) kill switch \(its switch says Go\)/,
  );
  assert.equal(await page.locator('tr[data-owner=go]').count(), 0);
  assert.equal(await button.innerText(), 'Release the kill switch');
  await button.click();
  await page.getByLabel('Reason').fill('over');
  await preview(page);
  await publish(page);
  await page.keyboard.press('Escape');
  await page.locator('#forced').waitFor({ state: 'hidden' });
  assert.match(await textOf(rowOf(page, 'ROUTE_OWNER_FAMILY_OAUTH')), /^OAUTH Go/);
  assert.deepEqual(watched.faults, []);
  await watched.close();
});

test('decisions per second by owner come from Prometheus, and its absence is told', async () => {
  const watched = await site.open();
  const { page } = watched;
  const rates = page.locator('#rates');
  await rates.getByText('Not available: Prometheus cannot be asked').waitFor();
  const target = new URL(site.controller.adminUrl).host;
  const prometheus = await startPrometheus({
    port: prometheusPort,
    configYaml: `
global: { scrape_interval: 1s }
scrape_configs: [{ job_name: controller, static_configs: [{ targets: ['${target}'] }] }]`,
  });
  try {
    const go = new AbortController();
    // The family that went to Go above.
    const asking = askForDecisions(site.url, ['method=GET&uri=/oauth/authorizeapp'], go.signal);
    await rates.getByText(/Go [1-9]/).waitFor({ timeout: 30_000 });
    go.abort();
    await asking;
    assert.match(await textOf(rates), /^[\d.]+ per second Python 0\.00 Go [\d.]+ Off 0\.00$/);
  } finally {
    await prometheus.stop();
  }
  assert.deepEqual(watched.faults, []);
  await watched.close();
});
