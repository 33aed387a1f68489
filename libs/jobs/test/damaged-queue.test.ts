import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchForDamage } from '../src/damaged-queue.ts';

const WRONG_TYPE = new Error(
  'WRONGTYPE Operation against a key holding the wrong kind of value script: 1e9bb7deb6219644a634d32c430ce15ed39a377e, on @user_script:98.',
);
const NO_INTEGER = new Error(
  'ERR value is not an integer or out of range script: 1e9bb7deb6219644a634d32c430ce15ed39a377e, on @user_script:98.',
);

test('data that cannot be read are damage once that was seen three times', () => {
  const watch = watchForDamage();
  for (const error of [WRONG_TYPE, NO_INTEGER]) watch.saw(error);
  assert.ok(!watch.isLasting());
  watch.saw(new SyntaxError('Unexpected token'));
  assert.ok(watch.isLasting());
  watch.isGone();
  assert.ok(!watch.isLasting());
});

test('what a new queue does not cure is tried ever more rarely', () => {
  const watch = watchForDamage();
  const until = () => {
    let seen = 0;
    for (; !watch.isLasting(); seen += 1) watch.saw(WRONG_TYPE);
    watch.madeAnew();
    return seen;
  };
  assert.deepEqual([until(), until(), until()], [3, 6, 12]);
  watch.isGone();
  assert.equal(until(), 3);
});

test('a Redis that is away, full, read-only, loading or closed to us is no damage', () => {
  const watch = watchForDamage();
  for (const message of [
    'Redis 127.0.0.1:6379/0: not connected',
    "READONLY You can't write against a read only replica. script: 1e9bb7deb6219644a634d32c430ce15ed39a377e, on @user_script:98.",
    "OOM command not allowed when used memory > 'maxmemory'. script: 1e9bb7deb6219644a634d32c430ce15ed39a377e, on @user_script:98.",
    'LOADING Redis is loading the dataset in memory',
    'NOAUTH Authentication required.',
    "NOPERM User x has no permissions to run the 'evalsha' command",
    'BUSY Redis is busy running a script.',
    'MISCONF Redis is configured to save RDB snapshots',
    'ERR max number of clients reached',
  ])
    for (let time = 0; time < 3; time += 1) watch.saw(new Error(message));
  assert.ok(!watch.isLasting());
});
