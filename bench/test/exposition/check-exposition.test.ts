import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExposition } from '../../src/exposition/check-exposition.ts';
import { createWorkload, LINES_PER_CHILD, touchedValue } from '../../src/exposition/workload.ts';
import { createMetrics } from '@quay-observability/metrics';

test('the workload has 30,000 lines of different series, with enough of them to be busy', () => {
  const { series, busySeries, buckets } = createWorkload(30_000);
  assert.equal(new Set(series.map((labels) => labels.join(' '))).size, series.length);
  assert.equal(buckets.length + 3, LINES_PER_CHILD);
  assert.equal(series.length * LINES_PER_CHILD, 30_005);
  assert.ok(busySeries <= series.length);
});

test('a real exposition passes, one that lacks an observation or a series does not', async () => {
  const workload = createWorkload(100);
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  const histogram = metrics.histogram('quay_request_duration_seconds');
  for (const [at, [method, route, status, namespace_name]] of workload.series.entries())
    histogram.observe({ method, route, status, namespace_name }, touchedValue(at, 1));
  const text = (await metrics.exposition()).body.toString();
  assert.deepEqual(checkExposition(text, workload, 1), { lines: 102, observations: 6 });
  assert.throws(() => checkExposition(text, workload, 2), /found 102 and 6/);
  assert.throws(() => checkExposition(text, createWorkload(200), 1), /expected 204 lines/);
});
