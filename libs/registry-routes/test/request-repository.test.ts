import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryOf } from '../src/index.ts';

test('a repository without a namespace is one of the library, if there is one', () => {
  const library = { namespace: 'library', enabled: true };
  assert.equal(repositoryOf({ repository: 'ubuntu' }, library), 'library/ubuntu');
  assert.equal(repositoryOf({ repository: 'devtable/simple' }, library), 'devtable/simple');
  assert.equal(repositoryOf({ repository: 'devtable/a/b' }, library), 'devtable/a/b');
  assert.equal(repositoryOf({ repository: 'ubuntu' }, { ...library, enabled: false }), 'ubuntu');
  assert.equal(repositoryOf({ digest: 'sha256:aa' }, library), undefined);
});
