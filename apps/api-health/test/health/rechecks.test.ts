import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { createRechecks } from '../../src/health/rechecks.ts';

const trace = new AsyncLocalStorage<string>();

void test('what has failed is asked again after a pause, outside of the trace that found it; what passed is not', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: [string, string | undefined][] = [];
  const rechecks = createRechecks({ pauseMs: 100, run: (name) => asked.push([name, trace.getStore()]) });
  trace.run('of the probe', () => {
    rechecks.checked('redis', false);
    rechecks.checked('database', true);
  });
  t.mock.timers.tick(60);
  // A probe has asked meanwhile: the pause begins anew.
  rechecks.checked('redis', false);
  t.mock.timers.tick(60);
  assert.deepEqual(asked, []);
  t.mock.timers.tick(40);
  assert.deepEqual(asked, [['redis', undefined]]);
  t.mock.timers.tick(1000);
  assert.equal(asked.length, 1);
});

void test('once it has passed, or everything is closed, nothing is asked', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: string[] = [];
  const rechecks = createRechecks({ pauseMs: 100, run: (name) => asked.push(name) });
  rechecks.checked('redis', false);
  rechecks.checked('redis', true);
  rechecks.checked('database', false);
  rechecks.close();
  rechecks.checked('database', false);
  t.mock.timers.tick(1000);
  assert.deepEqual(asked, []);
});
