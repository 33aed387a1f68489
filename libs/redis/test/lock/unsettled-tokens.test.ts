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
