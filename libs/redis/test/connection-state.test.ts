import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeChange, nextState, type ClientSignal } from '../src/connection-state.ts';
import type { RedisState } from '../src/index.ts';

const transitions: readonly [RedisState, ClientSignal, RedisState][] = [
  ['connecting', 'ready', 'ready'],
  ['connecting', 'close', 'reconnecting'],
  ['ready', 'close', 'reconnecting'],
  ['reconnecting', 'close', 'reconnecting'],
  ['reconnecting', 'ready', 'ready'],
  ['ready', 'end', 'closed'],
  ['closed', 'ready', 'closed'],
];

for (const [state, signal, next] of transitions) {
  test(`${state}, ${signal} -> ${next}`, () => {
    assert.equal(nextState(state, signal), next);
  });
}

const about = { name: 'PULL_METRICS_REDIS', server: 'redis:6379/1', problem: 'connect ECONNREFUSED' };

test('a change is described once, with its cause; no change is not', () => {
  assert.deepEqual(describeChange('ready', 'reconnecting', about), {
    previous: 'ready',
    state: 'reconnecting',
    level: 'warning',
    message: 'redis PULL_METRICS_REDIS at redis:6379/1: not connected, reconnecting',
    fields: {
      redis: 'PULL_METRICS_REDIS',
      server: 'redis:6379/1',
      state: 'reconnecting',
      error: 'connect ECONNREFUSED',
    },
  });
  assert.equal(describeChange('reconnecting', 'reconnecting', about), undefined);
  assert.equal(describeChange('reconnecting', 'ready', about)?.level, 'info');
});
