import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUnsettledTokens } from '../../src/lock/unsettled-tokens.ts';

test('a token is handed out once, and not after its lock has expired', () => {
  let now = 0;
  const tokens = createUnsettledTokens(() => now);
  tokens.keep('a', 'first', 10);
  assert.equal(tokens.take('b'), undefined);
  assert.equal(tokens.take('a'), 'first');
  assert.equal(tokens.take('a'), undefined);
  tokens.keep('a', 'second', 10);
  now = 10_000;
  assert.equal(tokens.take('a'), undefined);
});

test('a token is settled by giving its lock back; if that fails it is kept, unless there is a newer one', async () => {
  const tokens = createUnsettledTokens(() => 0);
  const given: string[] = [];
  const give = (token: string) => Promise.resolve(given.push(token));
  const fail = () => Promise.reject(new Error('away'));
  assert.equal(await tokens.settle('a', give), true);
  tokens.keep('a', 'first', 10);
  assert.equal(await tokens.settle('a', fail), false);
  assert.equal(await tokens.settle('a', give), true);
  assert.equal(await tokens.settle('a', fail), true);
  assert.deepEqual(given, ['first']);
  tokens.keep('a', 'second', 10);
  const failing = tokens.settle('a', fail);
  assert.equal(tokens.take('a'), undefined, 'it is being given back');
  tokens.keep('a', 'third', 10);
  assert.equal(await failing, false);
  assert.equal(tokens.take('a'), 'third');
});
