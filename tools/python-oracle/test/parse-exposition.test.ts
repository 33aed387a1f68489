import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExposition } from '../src/parse-exposition.ts';

test('reads headings, label names and bounds, whatever a label value holds', () => {
  const metrics = parseExposition(
    [
      '# HELP quay_x_seconds a \\\\ and\\na line',
      '# TYPE quay_x_seconds histogram',
      'quay_x_seconds_bucket{route="a,b=\\"c\\"} 1",le="0.5"} 1',
      'quay_x_seconds_bucket{route="a",le="+Inf"} 1',
      'quay_x_seconds_sum{route="a"} 0.25',
      '# HELP quay_y quiet',
      '# TYPE quay_y gauge',
      '',
    ].join('\n'),
  );
  assert.deepEqual(metrics.get('quay_x_seconds'), {
    type: 'histogram',
    help: 'a \\ and\na line',
    labels: new Set(['route']),
    bounds: new Set(['0.5', '+Inf']),
  });
  assert.deepEqual(metrics.get('quay_y'), {
    type: 'gauge',
    help: 'quiet',
    labels: new Set(),
    bounds: new Set(),
  });
});

test('refuses a sample that nothing announces', () => {
  assert.throws(() => parseExposition('quay_x 1'), /no metric is announced for the line: quay_x 1/);
});
