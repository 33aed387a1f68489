import assert from 'node:assert/strict';
import { test } from 'node:test';
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
