import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, storedFailure } from '../src/stored-failure.ts';

test('a failure is named by its code or its class, and never by its text', () => {
  const coded = Object.assign(new Error('password=secret'), { code: 'REDIS_TIMEOUT' });
  assert.equal(failureOf(coded), 'REDIS_TIMEOUT');
  assert.equal(failureOf(new TypeError('secret')), 'TypeError');
  for (const odd of ['secret', undefined, null, { message: 'secret' }]) assert.equal(failureOf(odd), 'Error');
  for (const code of ['pass word', 'x'.repeat(65), 42, '<script>'])
    assert.equal(failureOf(Object.assign(new RangeError('x'), { code })), 'RangeError');
  assert.equal(failureOf(Object.assign(new Error('x'), { name: 'secret: yes' })), 'Error');
});

test('what is stored has no stack', () => {
  const stored = storedFailure('TypeError');
  assert.equal(stored.message, 'TypeError; the log has more');
  assert.equal(stored.stack, '');
});
