import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { queryPrometheus, waitUntil } from '@quay-observability/testkit';
import { assertBringsData } from './brings-data.ts';
import { dashboardQueries, ruleQueries } from './every-query.ts';
import { labelValuesQueries, substitute, type QueryContext } from './grafana-variables.ts';
import { ALERTS } from './rule-file.ts';
import { labelValues, queryRange, ruleGroups } from './stack/ask-prometheus.ts';
import {
  freezeFollower,
  loseRedis,
  startClients,
  throwKillSwitch,
  tryWrongToken,
} from './stack/make-situations.ts';
import { SCRAPE_INTERVAL_SECONDS } from './stack/prometheus-config.ts';
import { startStack, type Stack } from './stack/start-stack.ts';

const STALE = 'QuaySwitchSnapshotStale';
/** What has to be waited for: 30 s, a scrape, an evaluation, a notification. */
const ALERT_TIMEOUT_MS = 60_000;

let stack: Stack;
let beganMs: number;
let vanishedMs: number;
const atTheEnd: (() => Promise<unknown>)[] = [];
let freeze: Promise<void>;

before(async () => {
  stack = await startStack();
  atTheEnd.push(stack.stop);
  beganMs = Date.now();
  atTheEnd.unshift(startClients(stack));
  await tryWrongToken(stack);
  await throwKillSwitch(stack);
  await loseRedis(stack);
  stack.gatewayFile.vanish();
  vanishedMs = Date.now();
  freeze = freezeFollower(stack);
  atTheEnd.unshift(() => freeze);
});
after(async () => {
  for (const step of atTheEnd) await step();
});

/** What Grafana would know if it showed the time since the beginning in steps of a second. */
function queryContext(): QueryContext {
  const scrapeIntervalMs = SCRAPE_INTERVAL_SECONDS * 1000;
  return { intervalMs: 1000, rangeMs: Date.now() - beganMs, scrapeIntervalMs };
}

/** What the Alertmanager has told of the age of the file gateway's snapshot. */
function notifications(status: 'firing' | 'resolved') {
  const instance = new URL(stack.fileGateway.adminUrl).host;
  return stack.webhook.received.filter(
    (each) => each.status === status && each.labels.alertname === STALE && each.labels.instance === instance,
  );
}

test('the Alertmanager is told of a process whose file of switches has vanished, after 30 s', async () => {
  await waitUntil('the notification', () => notifications('firing').length > 0, {
    timeoutMs: ALERT_TIMEOUT_MS,
    intervalMs: 100,
  });
  // The last good poll may have been the longest interval, 2 s, before.
  assert.ok(Date.now() - vanishedMs >= 28_000, `${Date.now() - vanishedMs} ms`);
  const [{ labels, annotations } = assert.fail()] = notifications('firing');
  assert.equal(labels.severity, 'critical');
  assert.equal(labels.process_name, 'registry-metrics');
  assert.match(annotations.summary ?? '', /^registry-metrics has had no good snapshot .* for [34]\d/);
  stack.gatewayFile.comeBack();
});

for (const { place, expr } of ruleQueries().filter(({ file }) => file === 'owner-switches.yml')) {
  test(`${place}: brings data from real processes`, async () => {
    await freeze;
    await waitUntil('a series', async () => (await queryPrometheus(stack.prometheus.url, expr)).length > 0, {
      timeoutMs: 30_000,
      intervalMs: 250,
    });
  });
}

test('the Alertmanager is told when the file is there again', async () => {
  await waitUntil('the notification', () => notifications('resolved').length > 0, {
    timeoutMs: ALERT_TIMEOUT_MS,
    intervalMs: 100,
  });
});

for (const query of dashboardQueries().filter(({ file }) => file === 'owner-switches.json')) {
  test(`${query.place}: brings data from real processes`, () =>
    assertBringsData(stack.prometheus.url, query, { ...queryContext(), beganMs }));
}

const EXPECTED_VALUES: Record<string, string[]> = {
  process_name: ['gc-worker', 'pullmetrics-worker', 'registry-metrics', 'switch-controller'],
  capability: ['GCWORKER', 'V2_BLOB', 'V2_PULL'],
  runtime: ['go', 'python'],
};

const variables = labelValuesQueries().filter(({ file }) => file === 'owner-switches.json');
for (const { name, metric, label } of variables) {
  test(`variable ${name}: offers what real processes have`, async () => {
    const offered = await labelValues(stack.prometheus.url, metric, label);
    for (const value of EXPECTED_VALUES[name] ?? assert.fail(`no values are expected for ${name}`))
      assert.ok(offered.includes(value), `${value} is missing from ${offered.join(', ')}`);
  });
}

test('a process that is chosen is shown alone', async () => {
  const [age = assert.fail()] = dashboardQueries().filter(({ place }) =>
    place.includes('"Age of the snapshot'),
  );
  const query = substitute(age.expr, queryContext(), { process_name: '(gc-worker|api-health)' });
  const series = await queryRange(stack.prometheus.url, query, beganMs);
  assert.deepEqual([...new Set(series.map(({ labels }) => labels.process_name))], ['gc-worker']);
});

test('Prometheus evaluates every rule without an error', async () => {
  const groups = await ruleGroups(stack.prometheus.url);
  const rules = groups.flatMap((group) => group.rules).filter(({ type }) => type === 'alerting');
  assert.equal(rules.length, ALERTS.length);
  for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
});
