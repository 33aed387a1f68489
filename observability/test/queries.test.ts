import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboardQueries, ruleQueries } from './every-query.ts';
import { labelValuesQueries, substitute } from './grafana-variables.ts';
import { knownSeries } from './known-series.ts';
import { readQuery } from './promql/read-query.ts';

const CONTEXT = { intervalMs: 15_000, rangeMs: 3_600_000, scrapeIntervalMs: 15_000 };
const ANYTHING = '.*';
const RATES = ['rate', 'increase', 'irate'];

for (const { place, expr } of [...dashboardQueries(), ...ruleQueries()]) {
  const selectors = readQuery(substitute(expr, CONTEXT));

  test(`${place}: asks only for what somebody exposes`, () => {
    assert.ok(selectors.length > 0);
    for (const { metric, matchers } of selectors) {
      const series = knownSeries(metric);
      assert.ok(series, `nobody exposes ${metric}`);
      for (const { label, operator, value } of matchers) {
        assert.ok(series.labels.includes(label), `${metric} has no label ${label}`);
        const known = series.known[label];
        if (known === undefined || value === ANYTHING) continue;
        for (const each of operator.endsWith('~') ? value.split('|') : [value]) {
          // `5..`, too: a pattern has to match something.
          const pattern = new RegExp(`^(?:${each})$`);
          assert.ok(
            known.some((one) => one === each || (operator.endsWith('~') && pattern.test(one))),
            `${label} of ${metric} is never ${each}`,
          );
        }
      }
    }
  });

  test(`${place}: takes rates before sums, never of sums`, () => {
    for (const { metric, around } of selectors) {
      const rate = around.findLastIndex((name) => RATES.includes(name));
      // What is around a selector, innermost last: nothing may stand between it and its rate.
      if (rate !== -1) assert.equal(rate, around.length - 1, `${metric}: ${around.join(' ')}`);
      else if (place.includes('.json'))
        assert.ok(!knownSeries(metric)?.counts, `${metric} is shown as it is`);
    }
  });

  test(`${place}: takes bounds of buckets as numbers, however they are spelt`, () => {
    for (const { metric, matchers } of selectors) {
      for (const { operator, value } of matchers.filter(({ label }) => label === 'le')) {
        // Takes the spellings apart, to take one for the other; the unit tests of the recording show that it does.
        if (value === '[0-9]+[.]0') continue;
        const bound = Number.parseInt(value);
        assert.equal(operator, '=~', metric);
        assert.match(String(bound), new RegExp(`^(?:${value})$`));
        assert.match(`${bound}.0`, new RegExp(`^(?:${value})$`));
        assert.doesNotMatch(`${bound}10`, new RegExp(`^(?:${value})$`));
      }
    }
  });
}

for (const { file, name, metric, label } of labelValuesQueries()) {
  test(`${file}, variable ${name}: asks for a label that somebody exposes`, () => {
    assert.ok(knownSeries(metric)?.labels.includes(label), `${metric} with ${label}`);
  });
}

test('a name that nobody exposes is noticed', () => {
  assert.equal(knownSeries('quay_switch_snapshot_age'), undefined);
  assert.equal(knownSeries('quay_switch_propagation_seconds'), undefined);
});
