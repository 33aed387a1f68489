import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatPercent, formatRatio, formatTable } from '../../src/measure/print-table.ts';

test('a table reads as Markdown and as text', () => {
  const table = formatTable(
    ['', 'requests/s'],
    [
      ['nginx', '33,453'],
      ['registry-metrics', '-'],
    ],
  );
  assert.equal(
    table,
    [
      '|                  | requests/s |',
      '| ---------------- | ---------: |',
      '| nginx            |     33,453 |',
      '| registry-metrics |          - |',
      '',
    ].join('\n'),
  );
});

test('numbers have about three significant digits', () => {
  assert.deepEqual([33453.4, 123.4, 81.94, 1.234, 0.0456].map(formatNumber), [
    '33,453',
    '123',
    '81.9',
    '1.23',
    '0.046',
  ]);
});

test('what was not measured is a dash', () => {
  assert.deepEqual([formatNumber(undefined), formatNumber(NaN), formatRatio(NaN)], ['-', '-', '-']);
  assert.equal(formatPercent(NaN), '-');
});

test('ratios and shares', () => {
  assert.equal(formatRatio(2.1), '2.10x');
  assert.equal(formatPercent(0.123), '12 %');
});
