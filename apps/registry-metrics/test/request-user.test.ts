import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryOf } from '../src/request-repository.ts';
import { userOf } from '../src/request-user.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const token = (claims: unknown): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims)]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const from = (authorization: string): string | undefined =>
  userOf(['Host', 'quay', 'AUTHORIZATION', authorization]);

test('the user is the name in Basic credentials, of a robot as of a person', () => {
  assert.equal(from(`Basic ${base64('devtable:password')}`), 'devtable');
  assert.equal(from(`basic  ${base64('devtable+robot:a:b')}`), 'devtable+robot');
  assert.equal(from(`Basic ${base64('Ünal:x')}`), 'Ünal');
  assert.equal(from(`Basic ${base64('devtable:')}`), 'devtable');
});

test('the user is the subject of a bearer token', () => {
  assert.equal(from(`Bearer ${token({ sub: 'devtable', access: [] })}.c2lnbmF0dXJl`), 'devtable');
  assert.equal(from(`bearer ${token({ sub: '(anonymous)' })}.`), '(anonymous)');
});

test('credentials without a name tell of no user', () => {
  assert.equal(userOf(['Host', 'quay']), undefined);
  for (const credentials of [
    '',
    'Basic',
    'Basic !!!!',
    `Basic ${base64(':password')}`,
    `Basic ${base64('no-colon')}`,
    `Basic ${base64(`${'n'.repeat(256)}:password`)}`,
    'Bearer opaque-token',
    `Bearer ${token({ sub: 7 })}.s`,
    `Bearer ${token(null)}.s`,
    `Bearer ${token('devtable')}.s`,
    `Bearer a.${Buffer.from('{"sub":').toString('base64url')}.s`,
    `Digest username="devtable"`,
  ])
    assert.equal(from(credentials), undefined, credentials);
});

test('a token longer than any of Quay is not looked into', () => {
  const claims = (length: number): string =>
    `Bearer ${token({ sub: 'devtable', access: 'a'.repeat(length) })}.s`;
  assert.equal(from(claims(10_000)), 'devtable');
  assert.equal(from(claims(13_000)), undefined);
});

test('a repository without a namespace is one of the library, if there is one', () => {
  const library = { namespace: 'library', enabled: true };
  assert.equal(repositoryOf({ repository: 'ubuntu' }, library), 'library/ubuntu');
  assert.equal(repositoryOf({ repository: 'devtable/simple' }, library), 'devtable/simple');
  assert.equal(repositoryOf({ repository: 'devtable/a/b' }, library), 'devtable/a/b');
  assert.equal(repositoryOf({ repository: 'ubuntu' }, { ...library, enabled: false }), 'ubuntu');
  assert.equal(repositoryOf({ digest: 'sha256:aa' }, library), undefined);
});
