import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPABILITY_NAMES, PROGRAMS } from '@quay-observability/owner-switch';
import { ROUTE_CAPABILITIES } from '../src/dashboards/owner-switches/route-capabilities.ts';
import { bucketRates } from '../src/grafana/bucket-rates.ts';
import { keptLabels } from './known-series.ts';
import { readQuery } from './promql/read-query.ts';
import { ALERTS, RECORDINGS, ruleTests } from './rule-file.ts';
import { RUNBOOK_SECTIONS } from './runbook-sections.ts';

for (const { alert, for: delay, labels, annotations } of ALERTS) {
  test(`${alert} says how bad it is, what happened, and where it is written what to do`, () => {
    assert.match(delay, /^\d+[sm]$/);
    assert.deepEqual(Object.keys(labels), ['severity']);
    assert.match(labels.severity ?? '', /^(critical|warning|info)$/);
    assert.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook']);
    assert.ok(annotations.summary && annotations.description);
    assert.ok(RUNBOOK_SECTIONS.has(annotations.runbook ?? ''), `there is no ${annotations.runbook}`);
  });

  test(`${alert} has unit tests in which it is silent, fires, and is silent again`, () => {
    const expected = ruleTests()
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts: alerts }) => (alerts.length > 0 ? 'fires' : 'silent'))
      .join(' ');
    assert.match(expected, /silent fires( fires)* silent/);
  });
}

test('the names of alerts are unique, and tests name no others', () => {
  const names = ALERTS.map(({ alert }) => alert);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual([...new Set(ruleTests().map(({ alertname }) => alertname))].sort(), [...names].sort());
});

test('capabilities of routes are told from worker programs as the owner switches do', () => {
  const pattern = new RegExp(`^(?:${ROUTE_CAPABILITIES})$`);
  assert.deepEqual(
    CAPABILITY_NAMES.filter((name) => !pattern.test(name)),
    [],
  );
  assert.deepEqual(
    PROGRAMS.filter((name) => pattern.test(name)),
    [],
  );
  const excluded = ALERTS.flatMap(({ expr }) => readQuery(expr))
    .flatMap(({ matchers }) => matchers)
    .filter(({ label, operator }) => label === 'capability' && operator === '!~');
  assert.deepEqual(
    excluded.map(({ value }) => value),
    [ROUTE_CAPABILITIES],
  );
});

test('a recording says in its name which labels it keeps, whatever the installation has', () => {
  for (const { record, labels = {} } of RECORDINGS.filter(({ file }) => file !== 'owner-switches.yml')) {
    const [level = '', metric = '', operations = ''] = record.split(':');
    assert.match(
      operations,
      /^(rate5m|ratio_rate5m|share_rate5m|histogram_quantile_rate5m|sum|max)$/,
      record,
    );
    assert.ok(!metric.endsWith('_total'), record);
    const kept = keptLabels(record).filter((label) => !['cluster', 'namespace', 'le'].includes(label));
    const named = [...kept, ...Object.keys(labels)].join('_');
    assert.equal(level, named === '' ? 'installation' : named, record);
  }
});

test('buckets are recorded as panels ask for them', () => {
  const recorded = RECORDINGS.filter(({ record }) => record.includes('_bucket:'));
  assert.ok(recorded.length > 0);
  const withoutSpace = (expr: string) => expr.replaceAll(/\s/g, '');
  for (const { record, expr } of recorded) {
    const [{ metric = '', matchers = [] } = {}] = readQuery(expr);
    const asked = bucketRates({
      metric: metric.replace(/_bucket$/, ''),
      matchers: matchers
        .filter(({ label }) => label !== 'le')
        .map(({ label, operator, value }) => `${label}${operator}"${value}"`)
        .join(', '),
      labels: keptLabels(record).join(', '),
      window: '5m',
    });
    assert.equal(withoutSpace(expr), withoutSpace(asked), record);
  }
});

test('what is recorded as a counter has lost no label but le', () => {
  for (const { record, expr } of RECORDINGS.filter((each) => each.record.endsWith(':count'))) {
    assert.ok(
      readQuery(expr).every(({ around }) => around.length === 0),
      record,
    );
  }
});
