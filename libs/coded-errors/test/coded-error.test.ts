import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError, ERROR_CODES } from '../src/index.ts';

test('a coded error is an error with its code and its cause', () => {
  const cause = new Error('refused');
  const error = new CodedError('DATABASE_UNAVAILABLE', 'no database', { cause });
  assert.ok(error instanceof Error);
  assert.deepEqual(
    [error.name, error.code, error.message, error.cause],
    ['CodedError', 'DATABASE_UNAVAILABLE', 'no database', cause],
  );
});

for (const [code, meaning] of Object.entries(ERROR_CODES)) {
  test(`${code} has a meaning for operators, in full sentences`, () => {
    assert.match(code, /^[A-Z]+(_[A-Z]+)+$/);
    assert.match(meaning, /^[A-Z].{20,}\.$/);
  });
}
