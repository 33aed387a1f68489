import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CATALOGUE,
  EVERY_APP,
  metricNamesOf,
  PYTHON_ONLY_METRICS,
  type MetricDefinition,
} from '../src/index.ts';

const definitions = Object.entries(CATALOGUE) as [string, MetricDefinition][];

test('the catalogue has the 20 metrics of the plan, its 5 new ones and the 8 companions', () => {
  const count = (origin: string) =>
    definitions.filter(([, definition]) => definition.origin === origin).length;
  assert.deepEqual([count('python'), count('plan'), count('companion')], [20, 5, 8]);
});

for (const [
  name,
  { type, labels, help, buckets, known, apps, absentUntilSet, acrossProcesses },
] of definitions) {
  test(`${name} is well formed`, () => {
    assert.match(name, /^quay_[a-z0-9_]+$/);
    assert.equal(
      type === 'counter' && !name.endsWith('_total'),
      false,
      'a counter ends in _total on the wire',
    );
    assert.equal(new Set(labels).size, labels.length);
    assert.ok(!labels.includes('runtime') && !labels.includes('le'), 'these labels are added');
    assert.ok(help.length > 0);
    assert.equal(buckets !== undefined, type === 'histogram');
    for (const [at, bound] of (buckets ?? []).entries()) assert.ok(bound > (buckets?.[at - 1] ?? 0));
    for (const label of Object.keys(known ?? {})) assert.ok(labels.includes(label), `no label ${label}`);
    assert.ok(apps.length > 0);
    assert.ok(absentUntilSet === undefined || type === 'gauge');
    assert.ok(acrossProcesses === undefined || type === 'gauge');
  });
}

test('every app has metrics, and no new name is one that stays with Python', () => {
  for (const app of EVERY_APP) assert.ok(metricNamesOf(app).length > 0);
  for (const name of PYTHON_ONLY_METRICS) assert.ok(!(name in CATALOGUE), name);
});
