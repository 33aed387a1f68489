import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../src/index.ts';

test('rendering 100,000 lines gives others their turn again and again', async () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  const duration = metrics.histogram('quay_request_duration_seconds');
  for (let at = 0; at < 100_000 / 17; at += 1) {
    duration.observe(
      { method: 'GET', route: `route${at}`, status: '200', namespace_name: 'other' },
      at / 100,
    );
  }
  let turns = 0;
  let scraping = true;
  const count = () => {
    turns += 1;
    if (scraping) setImmediate(count);
  };
  setImmediate(count);
  const { body } = await metrics.exposition();
  scraping = false;
  assert.ok(body.toString().split('\n').length > 100_000);
  // What counts is that rendering yields; how long a slice takes depends on the machine.
  assert.ok(turns >= 2, `others had ${turns} turns`);
});

test('a series that does not change is rendered once', async () => {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  const pulls = metrics.counter('quay_registry_image_pulls_total');
  pulls.inc({ protocol: 'v2', ref: 'tag', status: '200' });
  const first = (await metrics.exposition()).body.toString();
  assert.equal((await metrics.exposition()).body.toString(), first);
  pulls.inc({ protocol: 'v2', ref: 'tag', status: '200' });
  const then = (await metrics.exposition()).body.toString();
  assert.match(
    then,
    /^quay_registry_image_pulls_total\{protocol="v2",ref="tag",status="200",runtime="go"\} 2$/m,
  );
});
