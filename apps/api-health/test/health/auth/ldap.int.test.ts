import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startDirectory, type Server } from '@quay-observability/testkit';
import { createAuthCheck } from '../../../src/health/auth/create-auth-check.ts';
import { configOf } from './config-of.ts';

const ADMIN = { dn: 'cn=admin,dc=example,dc=org', password: 'TheAdminPassword' };

suite('LDAP', { timeout: 120_000 }, () => {
  let directory: Server;
  before(async () => {
    directory = await startDirectory(ADMIN);
  });
  after(() => directory.stop());

  const ask = (change: Record<string, unknown> = {}) => {
    const config = configOf({
      AUTHENTICATION_TYPE: 'LDAP',
      LDAP_URI: directory.url,
      LDAP_ADMIN_DN: ADMIN.dn,
      LDAP_ADMIN_PASSWD: ADMIN.password,
      LDAP_TIMEOUT: 60,
      ...change,
    });
    return createAuthCheck(config).check(new AbortController().signal);
  };

  test('the administrator binds', async () => {
    assert.deepEqual(await ask(), { healthy: true });
  });

  test('a wrong password has the words of Quay', async () => {
    assert.deepEqual(await ask({ LDAP_ADMIN_PASSWD: 'wrong' }), {
      healthy: false,
      failure: 'LDAP Admin dn or password is invalid',
    });
  });

  test('the directory hangs, then it is away, then it is back', async () => {
    directory.signal('SIGSTOP');
    assert.deepEqual(await ask({ LDAP_TIMEOUT: 0.3 }), failure('no answer in time'));
    await directory.kill();
    assert.deepEqual(await ask(), failure('ECONNREFUSED'));
    await directory.restart();
    assert.deepEqual(await ask(), { healthy: true });
  });
});

function failure(why: string) {
  return { healthy: false, failure: `Can't contact LDAP server: ${why}` };
}
