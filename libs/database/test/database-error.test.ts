import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FALLBACK_REASONS } from '@quay-observability/metric-catalogue';
import { DatabaseError } from '../src/index.ts';
import { toDatabaseError } from '../src/database-error.ts';

const withCode = (code: string, message = 'text') => Object.assign(new Error(message), { code });

const failures: readonly [error: Error, reason: string, serverFailed: boolean][] = [
  [withCode('ECONNREFUSED'), 'connection_error', true],
  [withCode('ECONNRESET'), 'connection_error', true],
  [withCode('EPIPE'), 'connection_error', true],
  [withCode('ENOTFOUND'), 'connection_error', true],
  [withCode('08006'), 'connection_error', true],
  [new Error('Connection terminated unexpectedly'), 'connection_error', true],
  [new Error('select "a" - Connection terminated unexpectedly'), 'connection_error', true],
  [new Error('select $1 - Query read timeout'), 'timeout', true],
  [new Error('Client has encountered a connection error and is not queryable'), 'connection_error', true],
  [withCode('ETIMEDOUT'), 'timeout', true],
  [new Error('Query read timeout'), 'timeout', true],
  [withCode('57P01'), 'server_unavailable', true],
  [withCode('57P03'), 'server_unavailable', true],
  [withCode('53300'), 'server_unavailable', true],
  [withCode('40001', 'canceling statement due to conflict with recovery'), 'server_unavailable', false],
];

for (const [error, reason, serverFailed] of failures) {
  test(`another server may do it: ${(error as { code?: string }).code ?? error.message}`, () => {
    const converted = toDatabaseError(error, 'replica 1 at db:5432/quay');
    assert.ok(converted instanceof DatabaseError);
    assert.equal(converted.code, 'DATABASE_UNAVAILABLE');
    assert.equal(converted.reason, reason);
    assert.equal(converted.serverFailed, serverFailed);
    assert.equal(converted.cause, error);
    assert.ok(FALLBACK_REASONS.includes(converted.reason));
    assert.match(converted.message, /replica 1 at db:5432\/quay/);
  });
}

for (const [code, what] of [
  ['23505', 'unique violation'],
  ['23503', 'foreign key violation'],
  ['42601', 'syntax error'],
  ['42P01', 'undefined table'],
  ['42501', 'insufficient privilege'],
  ['22P02', 'invalid text'],
  ['40001', 'could not serialize access'],
  ['40P01', 'deadlock detected'],
  ['57014', 'canceling statement due to statement timeout'],
] as const) {
  test(`the statement is to blame: ${code} ${what}`, () => {
    assert.equal(toDatabaseError(withCode(code, what), 'primary'), undefined);
  });
}

test('a mistake of the program is no error of the server', () => {
  assert.equal(toDatabaseError(new TypeError('x is not a function'), 'primary'), undefined);
  assert.equal(toDatabaseError('text', 'primary'), undefined);
});

test('several failed addresses are named one by one', () => {
  const error = new AggregateError([
    withCode('ECONNREFUSED', 'connect ::1'),
    withCode('ECONNREFUSED', 'connect 127.0.0.1'),
  ]);
  const converted = toDatabaseError(Object.assign(error, { code: 'ECONNREFUSED' }), 'primary');
  assert.match(converted?.message ?? '', /connect ::1; connect 127\.0\.0\.1/);
});
