import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRuntimeView, onlyQuays } from '../src/runtime-view.ts';

const sample = (name: string, labels: Record<string, string> = {}) => ({ name, labels, value: '1' });

test('buckets, sum and count belong to their histogram', () => {
  const view = createRuntimeView(
    [{ name: 'quay_x_seconds', type: 'histogram', help: 'x' }],
    [
      sample('quay_x_seconds_bucket', { le: '1' }),
      sample('quay_x_seconds_sum'),
      sample('quay_x_seconds_count'),
    ],
  );
  assert.deepEqual([...view.keys()], ['quay_x_seconds']);
  assert.equal(view.get('quay_x_seconds')?.samples.length, 3);
});

test('a counter that merely ends in _count is a metric of its own', () => {
  const view = createRuntimeView([{ name: 'quay_x', type: 'gauge', help: '' }], [sample('quay_x_count')]);
  assert.equal(view.get('quay_x_count')?.type, 'unknown');
});

test('what Python adds of itself is not compared', () => {
  const names = ['quay_x_total', 'quay_x_created', 'push_time_seconds', 'python_info', 'process_open_fds'];
  const view = createRuntimeView(
    [{ name: 'go_info', type: 'gauge', help: '' }],
    names.map((name) => sample(name)),
  );
  assert.deepEqual([...onlyQuays(view).keys()], ['quay_x_total']);
});
