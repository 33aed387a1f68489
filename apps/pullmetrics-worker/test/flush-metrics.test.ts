import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@quay-observability/metrics';
import { createFlushMetrics } from '../src/flush-metrics.ts';
import { EMPTY_REPORT } from '../src/flush-report.ts';

const AT = 1_750_000_000;

test('the lag grows while flushing fails, and is not shown while nothing is known of it', async () => {
  const metrics = createMetrics({ app: 'pullmetrics-worker', runtimeMetrics: false });
  const flushMetrics = createFlushMetrics(metrics, { lagKeptMs: 600_000 });
  const lag = async () => {
    const text = (await metrics.exposition()).body.toString();
    const value = /^quay_pull_flush_lag_seconds\{.*\} (.*)$/m.exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const found = { ...EMPTY_REPORT, oldestSeconds: AT };
  flushMetrics.flushed('flushed', EMPTY_REPORT, AT);
  assert.equal(await lag(), 0);
  // Redis is away: there may be pulls, and there may be none.
  flushMetrics.flushed('failed', EMPTY_REPORT, AT + 10);
  assert.equal(await lag(), undefined);
  flushMetrics.flushed('failed', found, AT + 20);
  assert.equal(await lag(), 20);
  flushMetrics.flushed('failed', EMPTY_REPORT, AT + 30);
  assert.equal(await lag(), 30);
  flushMetrics.flushed('flushed', found, AT + 40);
  assert.equal(await lag(), 40);
  flushMetrics.flushed('flushed', EMPTY_REPORT, AT + 50);
  assert.equal(await lag(), 0);
});
