import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuery } from './read-query.ts';

test('selectors come with their matchers and with what is around them', () => {
  const query =
    'sum by (a) (rate(x_total{b=~"c|d", e="f"}[5m] offset 1m)) > 0 or label_replace(y, "a", "$1", "b", "(.+)")';
  assert.deepEqual(readQuery(query), [
    {
      metric: 'x_total',
      matchers: [
        { label: 'b', operator: '=~', value: 'c|d' },
        { label: 'e', operator: '=', value: 'f' },
      ],
      around: ['sum', 'rate'],
    },
    { metric: 'y', matchers: [], around: ['label_replace'] },
  ]);
  assert.deepEqual(readQuery('rate(sum(x)[5m:1m])')[0]?.around, ['rate', 'subquery', 'sum']);
});

test('what Prometheus would not understand is refused', () => {
  assert.throws(() => readQuery('sum by (a) rate(x[5m]))'), /no PromQL/);
  assert.throws(() => readQuery('rate(x[$__rate_interval])'), /no PromQL/);
});
