import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPABILITY_NAMES, PROGRAMS } from '@quay-observability/owner-switch';
import { ROUTE_CAPABILITIES } from '../src/dashboards/owner-switches/route-capabilities.ts';
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

test('what is recorded as a counter has lost no label but le', () => {
  for (const { record, expr } of RECORDINGS) {
    assert.ok(
      readQuery(expr).every(({ around }) => around.length === 0),
      record,
    );
  }
});
