import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userOfAuthorization } from '../src/index.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const token = (claims: unknown): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims)]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

test('the user is the name in Basic credentials, of a robot as of a person', () => {
  assert.equal(userOfAuthorization(`Basic ${base64('devtable:password')}`), 'devtable');
  assert.equal(userOfAuthorization(`basic  ${base64('devtable+robot:a:b')}`), 'devtable+robot');
  assert.equal(userOfAuthorization(`Basic ${base64('Ünal:x')}`), 'Ünal');
  assert.equal(userOfAuthorization(`Basic ${base64('devtable:')}`), 'devtable');
});

test('the user is the subject of a bearer token', () => {
  assert.equal(
    userOfAuthorization(`Bearer ${token({ sub: 'devtable', access: [] })}.c2lnbmF0dXJl`),
    'devtable',
  );
  assert.equal(userOfAuthorization(`bearer ${token({ sub: '(anonymous)' })}.`), '(anonymous)');
});

test('credentials without a name tell of no user', () => {
  assert.equal(userOfAuthorization(undefined), undefined);
  for (const credentials of [
    '',
    'Basic',
    'Basic !!!!',
    `Basic ${base64(':password')}`,
    `Basic ${base64('no-colon')}`,
    `Basic ${base64(`${'n'.repeat(256)}:password`)}`,
    'Bearer opaque-token',
    `Bearer ${token({ sub: 7 })}.s`,
    `Bearer ${token({ sub: 'n'.repeat(256) })}.s`,
    `Bearer ${token(null)}.s`,
    `Bearer ${token('devtable')}.s`,
    `Bearer a.${Buffer.from('{"sub":').toString('base64url')}.s`,
    `Digest username="devtable"`,
  ])
    assert.equal(userOfAuthorization(credentials), undefined, credentials);
});

test('a token longer than any of Quay is not looked into', () => {
  const claims = (length: number): string =>
    `Bearer ${token({ sub: 'devtable', access: 'a'.repeat(length) })}.s`;
  assert.equal(userOfAuthorization(claims(10_000)), 'devtable');
  assert.equal(userOfAuthorization(claims(13_000)), undefined);
});
