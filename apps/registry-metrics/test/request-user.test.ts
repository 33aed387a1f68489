import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryOf } from '../src/request-repository.ts';
import { userOf } from '../src/request-user.ts';

test('the user is the one of the header, whatever the case of its name', () => {
  const basic = `Basic ${Buffer.from('devtable+robot:password').toString('base64')}`;
  const token = ['{}', '{"sub":"devtable"}', '']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  assert.equal(userOf(['Host', 'quay', 'AUTHORIZATION', basic]), 'devtable+robot');
  assert.equal(userOf(['authorization', `Bearer ${token}`]), 'devtable');
  assert.equal(userOf(['Host', 'quay']), undefined);
});

test('a repository without a namespace is one of the library, if there is one', () => {
  const library = { namespace: 'library', enabled: true };
  assert.equal(repositoryOf({ repository: 'ubuntu' }, library), 'library/ubuntu');
  assert.equal(repositoryOf({ repository: 'devtable/simple' }, library), 'devtable/simple');
  assert.equal(repositoryOf({ repository: 'devtable/a/b' }, library), 'devtable/a/b');
  assert.equal(repositoryOf({ repository: 'ubuntu' }, { ...library, enabled: false }), 'ubuntu');
  assert.equal(repositoryOf({ digest: 'sha256:aa' }, library), undefined);
});
